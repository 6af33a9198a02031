use std::collections::BTreeSet;

use super::evidence::{Lag, lag_triggers, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Stack, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P313",
    severity: Severity::Warning,
    title: "offsets forgotten before the events",
    page: page!("P313"),
};

/// `offsets.retention.minutes`: Kafka's default since 2.0, and that of MSK, Confluent Cloud and Redpanda.
const OFFSETS_KEPT: u64 = 7 * 24 * 60 * 60 * 1_000;

pub(super) fn check_offsets(stack: &Stack, findings: &mut Findings) {
    let mut seen: BTreeSet<&TopicName> = BTreeSet::new();
    for lag in lag_triggers(stack).filter(|lag| lag.service.scale.min.value == 0) {
        let Some(topic) = stack.topics.get(lag.topic) else { continue };
        if topic.retention.value.as_milliseconds() > OFFSETS_KEPT && seen.insert(&topic.name) {
            let kept = spoken(topic.retention.value.as_milliseconds());
            findings.push(finding(&lag, &kept, topic.retention.at.unwrap_or(topic.at)));
        }
    }
}

fn finding(lag: &Lag<'_>, kept: &str, at: crate::source::Span) -> Finding {
    let Lag { service, topic, .. } = lag;
    let message = format!(
        "`{topic}` keeps events for {kept}, and the broker forgets where a group without members was after {}",
        spoken(OFFSETS_KEPT)
    );
    let repeats = lag.trigger.value("offsetResetPolicy").is_none_or(|policy| policy.value != "latest");
    let label = if repeats {
        format!("after a quiet week `{}` handles all of it again", service.name)
    } else {
        format!("after a quiet week `{}` skips what woke it", service.name)
    };
    Finding::new(&RULE, at, message)
        .label(label)
        .related(service.scale.min.at, format!("at zero replicas the group of `{}` has no members", service.name))
        .help("write `min: 1`, a `retention` of at most `7d`, or raise `offsets.retention.minutes` of the broker above it")
}
