use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Topic, Trigger, TriggerKind};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P302", severity: Severity::Warning, title: "more replicas than partitions", page: page!("P302") };

pub(super) fn check_replicas(stack: &Stack, findings: &mut Findings) {
    // Whatever else is counted may ask for more replicas than there are partitions, and these do other work.
    let by_lag_alone = |service: &&Service| {
        service.scale.triggers.iter().all(|trigger| matches!(trigger.kind, TriggerKind::KafkaLag { .. }))
    };
    for service in stack.services.values().filter(by_lag_alone) {
        let Some(topic) = largest_topic(stack, service) else { continue };
        let partitions = &topic.partitions;
        let max = &service.scale.max;
        if max.value <= partitions.value {
            continue;
        }
        let message = format!("`{}` may have {} replicas for {} partitions", service.name, max.value, partitions.value);
        findings.push(
            Finding::new(&RULE, max.at.unwrap_or(service.at), message)
                .label("the others are never started")
                .related(Some(partitions.at.unwrap_or(topic.at)), "the largest of its topics")
                .help(format!("write `max: {}`, or give the topic more partitions", partitions.value)),
        );
    }
}

/// The largest topic that a service is scaled by. None where replicas without one are meant to idle.
fn largest_topic<'a>(stack: &'a Stack, service: &Service) -> Option<&'a Topic> {
    let idle = |trigger: &Trigger| trigger.value("allowIdleConsumers").is_some_and(|value| value.value == "true");
    if service.scale.triggers.iter().any(idle) {
        return None;
    }
    let topics = service.scale.triggers.iter().filter_map(|trigger| match &trigger.kind {
        TriggerKind::KafkaLag { topic, .. } => stack.topics.get(topic),
        TriggerKind::Resource(_) | TriggerKind::Scaler(_) => None,
    });
    topics.max_by_key(|topic| topic.partitions.value)
}
