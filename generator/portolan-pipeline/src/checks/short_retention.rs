use std::collections::BTreeSet;

use super::evidence::{Round, delivered, longest_round, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Stack, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P407", severity: Severity::Error, title: "retention shorter than the retries", page: page!("P407") };

pub(super) fn check_retention(stack: &Stack, findings: &mut Findings) {
    let mut seen: BTreeSet<&TopicName> = BTreeSet::new();
    for delivered in delivered(stack).filter(|delivered| delivered.component.broker.is_some()) {
        let Round { retries, milliseconds } = longest_round(delivered.policy);
        let Some(topic) = stack.topics.get(&delivered.subscription.topic) else { continue };
        if topic.retention.value.as_milliseconds() >= milliseconds || !seen.insert(&topic.name) {
            continue;
        }
        let tried = spoken(milliseconds);
        let message = format!(
            "an event of `{}` that keeps failing is tried for up to {tried}, and the topic keeps events for {}",
            topic.name,
            spoken(topic.retention.value.as_milliseconds())
        );
        findings.push(
            Finding::new(&RULE, topic.retention.at.unwrap_or(topic.at), message)
                .label("what waits behind it is deleted unseen")
                .related(delivered.policy.timeout.as_ref().and_then(|timeout| timeout.at), format!("the time-out of each of {} tries", retries + 1))
                .related(Some(delivered.subscription.at), format!("`{}` needs every event", delivered.service.name))
                .help(format!(
                    "keep events for longer than {tried}, or lower `timeout` and `maxRetries` of the policy that delivers"
                )),
        );
    }
}
