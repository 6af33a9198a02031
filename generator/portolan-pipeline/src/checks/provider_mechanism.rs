use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Credentials, Stack};
use crate::spec::document::{Provider, Sasl};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P140", severity: Severity::Error, title: "mechanism that the provider has not", page: page!("P140") };

pub(super) fn check_mechanisms(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let Some((credentials, instead)) = impossible(broker) else { continue };
        let (provider, sasl) = (broker.provider.value, credentials.sasl.value);
        let message = match &credentials.user {
            Some(user) if provider == Provider::Strimzi => {
                format!("a KafkaUser has no `{}`, and `{}` is to be one", sasl.word(), user.value)
            }
            _ => format!(
                "clients of `{}` log in by `{}`, and {} has no such users",
                component.name,
                sasl.word(),
                provider.title()
            ),
        };
        findings.push(
            Finding::new(&RULE, credentials.sasl.at.unwrap_or(component.at), message)
                .label("every log-in would be refused")
                .related(broker.provider.at, format!("`{}` runs the broker of `{}`", provider.word(), component.name))
                .help(format!("write `sasl: {}`, or take the line away: it follows from `provider`", instead.word())),
        );
    }
}

/// The credentials that cannot be, and the mechanism that can.
fn impossible(broker: &Broker) -> Option<(&Credentials, Sasl)> {
    let credentials = broker.credentials.as_ref()?;
    let provider = broker.provider.value;
    // Strimzi's User Operator makes users with SCRAM-SHA-512 and no others.
    let possible: &[Sasl] = match provider {
        Provider::Strimzi if credentials.user.is_some() => &[Sasl::ScramSha512],
        _ => provider.mechanisms()?,
    };
    if possible.contains(&credentials.sasl.value) {
        return None;
    }
    Some((credentials, *possible.first()?))
}
