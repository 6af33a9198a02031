use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Stack, TopicName};
use crate::spec::document::TopicOwner;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P710", severity: Severity::Error, title: "topics with two owners", page: page!("P710") };

type Known<'a> = BTreeMap<(String, &'a TopicName), (&'a Component, &'a Broker)>;

pub(super) fn check_owners(stack: &Stack, findings: &mut Findings) {
    let mut known: Known<'_> = BTreeMap::new();
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let mut reported = false;
        for topic in &component.carries {
            let (other, theirs) = *known.entry((broker.addresses.broker(), topic)).or_insert((component, broker));
            if theirs.owner.value != broker.owner.value && !reported {
                findings.push(finding(component, broker, other, theirs, topic));
                reported = true;
            }
        }
        findings.extend(beside_strimzi(component, broker).into_iter().collect());
    }
}

fn finding(component: &Component, broker: &Broker, other: &Component, theirs: &Broker, topic: &TopicName) -> Finding {
    let message = format!(
        "topic `{topic}` is owned by `{}` through `{}` and by `{}` through `{}`, at the same broker",
        broker.owner.value.word(),
        component.name,
        theirs.owner.value.word(),
        other.name,
    );
    Finding::new(&RULE, broker.owner.at.unwrap_or(component.at), message)
        .label("each undoes what the other does")
        .related(Some(theirs.owner.at.unwrap_or(other.at)), "the other owner")
        .help("write the same owner in `topics` of both")
}

/// Strimzi's operator can own only what its own cluster has.
fn beside_strimzi(component: &Component, broker: &Broker) -> Option<Finding> {
    let at = broker.owner.at.filter(|_| broker.owner.value == TopicOwner::Strimzi && broker.strimzi.is_none())?;
    let provider = broker.provider.value.word();
    let message =
        format!("the topics of `{}` are to be Strimzi's, and its broker is run by `{provider}`", component.name);
    let finding = Finding::new(&RULE, at, message).label("no operator reads them there");
    Some(
        finding
            .related(broker.provider.at, "who runs the broker")
            .help("write `topics: portolan`, or `provider: strimzi`"),
    )
}
