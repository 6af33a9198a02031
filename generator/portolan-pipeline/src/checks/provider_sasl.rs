use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Credentials, Stack};
use crate::spec::document::{Provider, Sasl};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P706",
    severity: Severity::Error,
    title: "log-in that the provider does not have",
    page: page!("P706"),
};

pub(super) fn check_providers(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let Some(credentials) = &broker.credentials else { continue };
        let finding = mechanism(component, broker, credentials).or_else(|| encryption(component, broker, credentials));
        findings.extend(finding.into_iter().collect());
    }
}

/// What each provider lets clients log in by, as far as it is closed: others can be set up in any way.
fn offered(provider: Provider) -> Option<(&'static str, &'static [Sasl])> {
    match provider {
        // Strimzi's `oauth` listeners take PLAIN as well, so it is not refused.
        Provider::Strimzi => Some(("Strimzi", &[Sasl::ScramSha512, Sasl::Plain])),
        Provider::Msk => Some(("MSK", &[Sasl::ScramSha512])),
        Provider::Confluent => Some(("Confluent Cloud", &[Sasl::Plain])),
        Provider::Redpanda | Provider::Kafka => None,
    }
}

fn mechanism(component: &Component, broker: &Broker, credentials: &Credentials) -> Option<Finding> {
    let (provider, mechanisms) = offered(broker.provider.value)?;
    let sasl = &credentials.sasl;
    if mechanisms.contains(&sasl.value) {
        return None;
    }
    let message = format!("`{}` logs in by `{}`, which {provider} does not have", component.name, sasl.value.word());
    let finding = Finding::new(&RULE, sasl.at.unwrap_or(component.at), message).label("the broker refuses it");
    Some(
        finding
            .related(broker.provider.at, "who runs the broker")
            .help(format!("write `sasl: {}`, which {provider} has", mechanisms[0].word())),
    )
}

/// MSK and Confluent Cloud have no listener that takes a password in plain.
fn encryption(component: &Component, broker: &Broker, credentials: &Credentials) -> Option<Finding> {
    let always = matches!(broker.provider.value, Provider::Msk | Provider::Confluent);
    let at = broker.encryption.at.filter(|_| always && !broker.encryption.value.is_tls())?;
    let (provider, _) = offered(broker.provider.value)?;
    let message = format!("`{}` switches TLS off, and {provider} takes a password over TLS only", component.name);
    let finding = Finding::new(&RULE, at, message).label("nothing listens for this");
    Some(
        finding
            .related(credentials.sasl.at, "how it logs in")
            .help("take the line away: with `auth` TLS is the default"),
    )
}
