use std::collections::BTreeMap;

use super::evidence::written_items;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Credentials, Encryption, Fact, Stack, TopicName, Trigger, TriggerKind};
use crate::source::Span;
use crate::spec::rules::page;
use crate::spec::{SecretKey, Setting};

pub(super) static RULE: Rule =
    Rule { code: "P214", severity: Severity::Error, title: "credentials of one broker differ", page: page!("P214") };

pub(super) fn check_credentials(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values() {
        check_metadata(component, findings);
    }
    let mut carriers: Option<BTreeMap<&TopicName, &Component>> = None;
    for service in stack.services.values() {
        for trigger in service.scale.triggers.iter().filter(|trigger| counts_kafka(trigger)) {
            // Asked for by few stacks.
            let carriers = carriers.get_or_insert_with(|| carriers_of(stack));
            findings.extend(check_scaler(carriers, trigger).into_iter().collect());
        }
    }
}

/// What Dapr takes from the metadata beside what everybody else takes from `auth` and `tls`.
fn check_metadata(component: &Component, findings: &mut Findings) {
    for (item, key_at) in written_items(component) {
        let Setting::Secret(written) = &item.value.value else { continue };
        let Some((known, field)) = known_key(component, &item.key) else { continue };
        if known.value == *written {
            continue;
        }
        let message =
            format!("`{}` of `{}` is `{written}`, and `{field}` is `{}`", item.key, component.name, known.value);
        findings.push(
            Finding::new(&RULE, item.value.at.unwrap_or(key_at), message)
                .label("what Dapr logs in with")
                .related(known.at, "what KEDA and the consumers log in with")
                .help(format!("take the line away: it follows from `{field}`")),
        );
    }
}

/// The key that a metadata key stands for, and the field that says it. Dapr folds the case of these.
fn known_key(component: &Component, key: &str) -> Option<(Fact<SecretKey>, &'static str)> {
    let broker = component.broker.as_ref()?;
    let credentials = broker.credentials.as_ref();
    match key.to_ascii_lowercase().as_str() {
        "saslusername" => credentials.map(|known| (known.username.clone(), "auth.username")),
        "saslpassword" => credentials.map(|known| (known.password.clone(), "auth.password")),
        "cacert" => match &broker.encryption.value {
            Encryption::Tls { ca: Some(ca) } => Some((Fact { value: ca.clone(), at: broker.encryption.at }, "tls.ca")),
            Encryption::Tls { ca: None } | Encryption::Off => None,
        },
        _ => None,
    }
}

fn counts_kafka(trigger: &Trigger) -> bool {
    matches!(&trigger.kind, TriggerKind::Scaler(kind) if matches!(kind.value.as_str(), "kafka" | "apache-kafka"))
}

fn carriers_of(stack: &Stack) -> BTreeMap<&TopicName, &Component> {
    let originals = stack.components.values().filter(|component| component.broadcast_of.is_none());
    originals.flat_map(|component| component.carries.iter().map(move |topic| (topic, component))).collect()
}

/// A scaler written by hand that counts one of our topics at the same broker.
fn check_scaler(carriers: &BTreeMap<&TopicName, &Component>, trigger: &Trigger) -> Option<Finding> {
    let component = carriers.get(&TopicName::from(trigger.value("topic")?.value.as_str()))?;
    let broker = component.broker.as_ref()?;
    let servers = &trigger.value("bootstrapServers")?.value;
    let same = broker
        .addresses
        .known()
        .iter()
        .any(|known| servers.split(',').any(|one| one.trim() == known.value.to_string()));
    let credentials = broker.credentials.as_ref().filter(|_| same)?;
    trigger.authentication.iter().find_map(|parameter| {
        let known = parameter_key(credentials, &parameter.parameter)?;
        let at: Span = parameter.key.at.filter(|_| known.value != parameter.key.value)?;
        let message = format!(
            "the scaler takes `{}` from `{}`, and the broker of `{}` has it in `{}`",
            parameter.parameter, parameter.key.value, component.name, known.value
        );
        Some(
            Finding::new(&RULE, at, message)
                .label("what KEDA logs in with")
                .related(known.at, "what everybody else logs in with")
                .help("write the same key, or `lag: NUMBER` in place of the scaler: all of it then follows from the component"),
        )
    })
}

fn parameter_key<'a>(credentials: &'a Credentials, parameter: &str) -> Option<&'a Fact<SecretKey>> {
    match parameter {
        "username" => Some(&credentials.username),
        "password" => Some(&credentials.password),
        _ => None,
    }
}
