use std::collections::BTreeSet;

use super::evidence::{delivered, effective, plain, truthy};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ComponentName, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P405",
    severity: Severity::Warning,
    title: "failed events that are passed over",
    page: page!("P405"),
};

pub(super) fn check_passing(stack: &Stack, findings: &mut Findings) {
    let mut seen: BTreeSet<&ComponentName> = BTreeSet::new();
    for delivered in delivered(stack).filter(|delivered| delivered.component.kind.value.is_kafka()) {
        let component = delivered.component;
        let Some(item) = effective(component, "consumeRetryEnabled").filter(|_| seen.insert(&component.name)) else {
            continue;
        };
        if component.broadcast_of.is_some() || plain(item).is_none_or(truthy) {
            continue;
        }
        let message = format!(
            "an event of `{}` whose dead letter cannot be written is passed over: the commit of the next one covers it",
            delivered.subscription.topic
        );
        findings.push(
            Finding::new(&RULE, item.value.at.or(item.key_at).unwrap_or(component.at), message)
                .label("lost with the first error that Dapr hands back")
                .related(
                    Some(delivered.subscription.at),
                    format!("`{}` is delivered to through it", delivered.service.name),
                )
                .help("take the line away: the partition then waits until the event is handled or put away"),
        );
    }
}
