use crate::catalogue;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P402",
    severity: Severity::Warning,
    title: "bulk delivery on a component without it",
    page: page!("P402"),
};

pub(super) fn check_bulk(stack: &Stack, findings: &mut Findings) {
    let Some(release) = catalogue::dapr(&stack.cluster.dapr.value) else { return };
    let subscriptions = stack.services.values().flat_map(|service| &service.subscriptions);
    for subscription in subscriptions {
        let Some((max_messages, _)) = &subscription.bulk else { continue };
        let Some(component) = stack.components.get(&subscription.component) else { continue };
        let kind = &component.kind.value;
        let entry = release.component(&kind.name, &kind.version);
        if entry.is_none_or(catalogue::ComponentEntry::has_native_bulk) {
            continue;
        }
        let message = format!("`{kind}` has no bulk delivery of its own, so Dapr gathers the events one by one");
        findings.push(
            Finding::new(&RULE, max_messages.at.unwrap_or(subscription.at), message)
                .label("each event waits for the whole window")
                .related(component.kind.at, "the component that carries the topic")
                .help("take `bulk` away, or carry the topic by a component that has it, as pubsub.kafka"),
        );
    }
}
