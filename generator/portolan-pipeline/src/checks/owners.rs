use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Stack};
use crate::spec::document::TopicOwner;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P710",
    severity: Severity::Error,
    title: "topics that their owner does not have",
    page: page!("P710"),
};

pub(super) fn check_owners(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        findings.extend(beside_strimzi(component, broker).into_iter().collect());
    }
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
