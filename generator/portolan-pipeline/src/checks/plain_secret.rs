mod manifests;

use super::evidence::{all_components, pinned_keda, plain, written_items};
use crate::catalogue::{self, DaprRelease};
use crate::finding::{Finding, Findings};
use crate::model::{Component, External, ExternalTarget, Fact, Service, ServiceName, Stack, Trigger};
use crate::source::Span;
use crate::spec::Setting;
use crate::spec::rules::PLAIN_SECRET;

/// Ends of a variable's name that stand for a secret.
const SECRET_WORDS: [&str; 8] = ["PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "SECRET", "CREDENTIALS", "APIKEY", "KEY"];
/// What a `…_KEY` is when it is no secret.
const PUBLIC_KEYS: [&str; 13] = [
    "PUBLIC",
    "PARTITION",
    "PRIMARY",
    "FOREIGN",
    "SORT",
    "MESSAGE",
    "ROUTING",
    "CACHE",
    "GROUP",
    "HASH",
    "IDEMPOTENCY",
    "ORDERING",
    "LOOKUP",
];

/// Parts of a connection string that are secrets.
const KEYS: [&str; 5] = ["SharedAccessKey", "AccountKey", "SharedAccessSignature", "Password", "Pwd"];

/// Headers by which a client proves who it is.
const SECRET_HEADERS: [&str; 3] = ["Authorization", "Proxy-Authorization", "Cookie"];

pub(super) fn check_plain_secrets(stack: &Stack, findings: &mut Findings) {
    let release = catalogue::dapr(&stack.cluster.dapr.value);
    for component in all_components(stack) {
        check_component(release, component, findings);
    }
    if let Some(tracing) = &stack.tracing {
        check_headers("tracing", tracing.headers(), findings);
    }
    for (name, external) in &stack.externals {
        check_external(name, external, findings);
        check_headers(name.as_str(), &external.headers, findings);
    }
    for object in stack.manifests.iter().flat_map(|manifest| &manifest.objects) {
        manifests::check_object(object, findings);
    }
    for service in stack.services.values() {
        check_environment(service, findings);
        for trigger in &service.scale.triggers {
            check_trigger(stack, service, trigger, findings);
        }
    }
}

/// An address with a password in it.
fn check_external(name: &ServiceName, external: &External, findings: &mut Findings) {
    if let ExternalTarget::Url(url) = &external.target
        && has_password(&url.value)
    {
        findings.push(finding(url.at.unwrap_or(external.at), format!("the url of `{name}` holds a secret in plain")));
    }
}

fn check_component(release: Option<&DaprRelease>, component: &Component, findings: &mut Findings) {
    let kind = &component.kind.value;
    let entry = release.and_then(|release| Some((release, release.component(&kind.name, &kind.version)?)));
    for (item, key_at) in written_items(component) {
        let Some(text) = plain(item).filter(|text| !text.is_empty()) else { continue };
        let sensitive = entry.is_some_and(|(release, entry)| {
            release
                .keys(entry)
                .any(|key| key.sensitive && (key.is_named(&item.key) || key.name.eq_ignore_ascii_case(&item.key)))
        });
        if sensitive || holds_secret(text) {
            let what = format!("`{}` of `{}` holds a secret in plain", item.key, component.name);
            findings.push(finding(item.value.at.unwrap_or(key_at), what));
        }
    }
}

fn check_headers(name: &str, headers: &[(String, Fact<Setting>)], findings: &mut Findings) {
    for (header, value) in headers {
        let (Setting::Plain(text), Some(at)) = (&value.value, value.at) else { continue };
        let variable = header.replace('-', "_");
        let secret = SECRET_HEADERS.iter().any(|known| known.eq_ignore_ascii_case(header)) || is_secret_name(&variable);
        if (secret && looks_secret(text)) || holds_secret(text) {
            findings.push(finding(at, format!("header `{header}` of `{name}` holds a secret in plain")));
        }
    }
}

fn check_environment(service: &Service, findings: &mut Findings) {
    for (name, value) in &service.env {
        if let (Setting::Plain(text), Some(at)) = (&value.value, value.at) {
            findings.extend(check_variable(service, name, text, at).into_iter().collect());
        }
    }
    // A sidecar's variables stand in an annotation, which has no references.
    for (name, value) in &service.sidecar.env {
        if let Some(at) = value.at {
            let found = check_variable(service, name, &value.value, at);
            findings.extend(found.map(|finding| finding.help(OF_A_SIDECAR)).into_iter().collect());
        }
    }
}

const OF_A_SIDECAR: &str = "write `dapr.io/env-from-secret: NAME=SECRET:KEY` under `sidecar.annotations`, keep the value out of the spec, and change it where it was committed";

fn check_variable(service: &Service, name: &str, text: &str, at: Span) -> Option<Finding> {
    let secret = (is_secret_name(name) && looks_secret(text)) || holds_secret(text);
    secret.then(|| finding(at, format!("variable `{name}` of `{}` holds a secret in plain", service.name)))
}

fn check_trigger(stack: &Stack, service: &Service, trigger: &Trigger, findings: &mut Findings) {
    let release = pinned_keda(stack);
    let Some(entry) = release.and_then(|release| release.scaler(trigger.scaler())) else { return };
    for (name, value) in &trigger.metadata {
        let sensitive = entry.keys.iter().any(|key| key.sensitive && key.name.eq_ignore_ascii_case(name));
        if let Some(at) = value.at.filter(|_| (sensitive && !value.value.is_empty()) || holds_secret(&value.value)) {
            let help = "write it under `authentication` as `{ secret: NAME/KEY }`, keep the value out of the spec, and change it where it was committed";
            let what = format!("`{name}` of a trigger of `{}` holds a secret in plain", service.name);
            findings.push(finding(at, what).help(help));
        }
    }
}

fn finding(at: Span, message: String) -> Finding {
    let help = "write `{ secret: NAME/KEY }`, keep the value out of the spec, and change it where it was committed";
    Finding::new(&PLAIN_SECRET, at, message).label("a secret").secret().help(help)
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.rsplit('_');
    let last = words.next().unwrap_or_default();
    let before = words.next();
    match last {
        // `KEY` alone says nothing; the word before it tells whose key it is.
        "KEY" => before.is_some_and(|word| !PUBLIC_KEYS.contains(&word)),
        _ => SECRET_WORDS.contains(&last),
    }
}

/// Neither a switch nor the place of a file.
fn looks_secret(text: &str) -> bool {
    !matches!(text, "" | "true" | "false" | "none" | "required" | "optional") && !text.starts_with('/')
}

/// What is a secret whatever it is called: a URL with a password, a connection string with a key, a private key.
fn holds_secret(text: &str) -> bool {
    has_password(text) || has_key(text) || text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")
}

/// `Endpoint=…;SharedAccessKey=…`, as Azure's services and databases write it.
fn has_key(text: &str) -> bool {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    let is_key = |(name, value): (&str, &str)| {
        let value = value.trim();
        let filled = !value.is_empty() && !value.starts_with(['$', '{', '<']);
        filled && KEYS.iter().any(|key| key.eq_ignore_ascii_case(name.trim()))
    };
    text.contains(';') && pairs.into_iter().any(is_key)
}

/// A URL with a password in it.
pub(crate) fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty() && !password.starts_with(['$', '{']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in ["SMTP_PASSWORD", "TOKEN", "github_token", "API_KEY", "AWS_SECRET_ACCESS_KEY", "CLIENT_SECRET"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in
            ["PARTITION_KEY", "KEY", "PUBLIC_KEY", "TOKEN_URL", "PASSWORD_FILE", "SECRET_NAME", "MONKEY", "PORT"]
        {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn a_key_in_a_connection_string_is_seen() {
        for text in ["Endpoint=sb://shop/;SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0", "Server=db; pwd=x"] {
            assert!(holds_secret(text), "{text}");
        }
        for text in
            ["Endpoint=sb://shop/;SharedAccessKeyName=root", "a=b;Password=", "Password=${PW};a=b", "Password=x"]
        {
            assert!(!holds_secret(text), "{text}");
        }
        assert!(holds_secret("-----BEGIN RSA PRIVATE KEY-----\nMII…"));
        assert!(!holds_secret("-----BEGIN CERTIFICATE-----\nMII…"));
    }

    #[test]
    fn a_password_in_a_url_is_seen() {
        assert!(has_password("postgres://todo:pw@db:5432/todo"));
        for text in
            ["postgres://db:5432/todo", "postgres://todo@db/todo", "https://a/b:c@d", "a:b@c", "amqp://u:${PW}@h"]
        {
            assert!(!has_password(text), "{text}");
        }
    }
}
