use std::collections::BTreeSet;

use super::evidence::{Lag, lag_triggers, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Addresses, Broker, Component, Fact, Stack};
use crate::source::Span;
use crate::spec::Setting;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P205",
    severity: Severity::Error,
    title: "brokers of trigger and component differ",
    page: page!("P205"),
};

pub(super) fn check_brokers(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values() {
        if let Some(broker) = &component.broker {
            check_metadata(component, broker, findings);
        }
    }
    findings.extend(lag_triggers(stack).flat_map(|lag| [listed(&lag), from_variable(&lag)]).flatten().collect());
}

/// `metadata: { brokers: … }` beside `brokers: …`.
fn check_metadata(component: &Component, broker: &Broker, findings: &mut Findings) {
    for (item, key_at) in written_items(component).filter(|(item, _)| item.key.eq_ignore_ascii_case("brokers")) {
        if agrees(&item.value.value, &broker.addresses) {
            continue;
        }
        let message = format!("the metadata of `{}` names other brokers than `brokers` does", component.name);
        findings.push(
            Finding::new(&RULE, item.value.at.unwrap_or(key_at), message)
                .label("read by Dapr")
                .related(written_at(&broker.addresses), "read by KEDA and every other client")
                .help("take `brokers` out of the metadata: it follows from the other one"),
        );
    }
}

fn listed(lag: &Lag<'_>) -> Option<Finding> {
    let servers = lag.trigger.value("bootstrapServers")?;
    let agrees = agrees(&Setting::Plain(servers.value.clone()), &lag.broker.addresses);
    (!agrees).then(|| differing(lag, lag.place(servers)))
}

/// `bootstrapServersFromEnv` names a variable of the container.
fn from_variable(lag: &Lag<'_>) -> Option<Finding> {
    let name = lag.trigger.value("bootstrapServersFromEnv")?;
    let Some((_, value)) = lag.service.env.iter().find(|(variable, _)| *variable == name.value) else {
        let message = format!(
            "KEDA reads the brokers from variable `{}`, which `{}` does not have",
            name.value, lag.service.name
        );
        return Some(
            Finding::new(&RULE, lag.place(name), message)
                .label("no such variable")
                .help("add it to `env`, or take the override away"),
        );
    };
    let agrees = agrees(&value.value, &lag.broker.addresses);
    (!agrees).then(|| differing(lag, value.at.unwrap_or_else(|| lag.place(name))))
}

fn differing(lag: &Lag<'_>, at: Span) -> Finding {
    let message = format!(
        "the lag of `{}` on `{}` is counted at other brokers than `{}` has",
        lag.service.name, lag.topic, lag.component.name
    );
    Finding::new(&RULE, at, message)
        .label("read by KEDA")
        .related(written_at(&lag.broker.addresses), "read by Dapr and the consumers")
        .help("take the override away: the trigger follows the component")
}

/// Whether two statements of the brokers agree, as far as that can be told without a secret's value.
fn agrees(written: &Setting, addresses: &Addresses) -> bool {
    match (written, addresses) {
        (Setting::Secret(key), Addresses::Secret { key: known, .. }) => *key == known.value,
        (Setting::Secret(_), Addresses::Listed(_)) => true,
        (Setting::Plain(text), _) => {
            let known: BTreeSet<String> = addresses.known().iter().map(|endpoint| endpoint.value.to_string()).collect();
            let written: BTreeSet<String> =
                text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
            known.is_empty() || known == written
        }
    }
}

fn written_at(addresses: &Addresses) -> Option<Span> {
    match addresses {
        Addresses::Secret { key, .. } => key.at,
        Addresses::Listed(endpoints) => endpoints.first().and_then(|Fact { at, .. }| *at),
    }
}
