use super::evidence::{pinned_keda, plain, written_items};
use crate::catalogue::{self, DaprRelease};
use crate::finding::{Finding, Findings};
use crate::model::{Component, Service, Stack, Trigger};
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

pub(super) fn check_plain_secrets(stack: &Stack, findings: &mut Findings) {
    let release = catalogue::dapr(&stack.cluster.dapr.value);
    for component in stack.components.values() {
        check_component(release, component, findings);
    }
    for service in stack.services.values() {
        check_environment(service, findings);
        for trigger in &service.scale.triggers {
            check_trigger(stack, service, trigger, findings);
        }
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
        if sensitive || has_password(text) {
            let what = format!("`{}` of `{}` holds a secret in plain", item.key, component.name);
            findings.push(finding(item.value.at.unwrap_or(key_at), what));
        }
    }
}

fn check_environment(service: &Service, findings: &mut Findings) {
    for (name, value) in &service.env {
        let (Setting::Plain(text), Some(at)) = (&value.value, value.at) else { continue };
        if (is_secret_name(name) && looks_secret(text)) || has_password(text) {
            findings.push(finding(at, format!("variable `{name}` of `{}` holds a secret in plain", service.name)));
        }
    }
}

fn check_trigger(stack: &Stack, service: &Service, trigger: &Trigger, findings: &mut Findings) {
    let release = pinned_keda(stack);
    let Some(entry) = release.and_then(|release| release.scaler(trigger.scaler())) else { return };
    for (name, value) in &trigger.metadata {
        let sensitive = entry.keys.iter().any(|key| key.sensitive && key.name.eq_ignore_ascii_case(name));
        if let Some(at) = value.at.filter(|_| (sensitive && !value.value.is_empty()) || has_password(&value.value)) {
            findings.push(finding(at, format!("`{name}` of a trigger of `{}` holds a secret in plain", service.name)));
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
    fn a_password_in_a_url_is_seen() {
        assert!(has_password("postgres://todo:pw@db:5432/todo"));
        for text in
            ["postgres://db:5432/todo", "postgres://todo@db/todo", "https://a/b:c@d", "a:b@c", "amqp://u:${PW}@h"]
        {
            assert!(!has_password(text), "{text}");
        }
    }
}
