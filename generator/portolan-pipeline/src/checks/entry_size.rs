use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Stack, TopicName};
use crate::spec::document::Partition;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P804", severity: Severity::Error, title: "event that is too large for the bus", page: page!("P804") };

/// An entry of `PutEvents`, in bytes: since January 2026, and as it still is in China.
const LARGEST: u32 = 1_048_576;
const LARGEST_IN_CHINA: u32 = 262_144;

pub(super) fn check_sizes(stack: &Stack, findings: &mut Findings) {
    let Some(aws) = &stack.aws else { return };
    let (largest, words) = match aws.partition.value {
        Partition::China => (LARGEST_IN_CHINA, "256KiB"),
        Partition::Aws | Partition::Government => (LARGEST, "1MiB"),
    };
    let buses = stack.components.values().filter(|component| component.kind.value.is_eventbridge());
    let carried: BTreeSet<&TopicName> = buses.flat_map(|component| &component.carries).collect();
    // Dead letters of EventBridge lie in queues, so a topic for them carries nothing here.
    let topics = stack.topics.values().filter(|topic| topic.dead_letter_of.is_none() && carried.contains(&topic.name));
    for topic in topics.filter(|topic| topic.max_message.value.as_bytes() > largest) {
        let at = topic.max_message.at.unwrap_or(topic.at);
        let message = format!(
            "an event of `{}` may have {} bytes, an entry of the bus {largest}",
            topic.name,
            topic.max_message.value.as_bytes()
        );
        findings.push(
            Finding::new(&RULE, at, message)
                .label("PutEvents refuses it, and the event stays in the outbox")
                .related(aws.region.at, "the bus is here")
                .help(format!("write `maxMessage: {words}` for this environment, and keep what is larger elsewhere")),
        );
    }
}
