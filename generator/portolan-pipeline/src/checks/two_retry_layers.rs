use std::collections::BTreeSet;

use super::evidence::{
    Delivered, delivered, effective, go_duration, longest_round, plain, spoken, truthy, written_items,
};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ComponentName, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P404", severity: Severity::Warning, title: "two layers of retries", page: page!("P404") };

pub(super) fn check_layers(stack: &Stack, findings: &mut Findings) {
    let mut seen: BTreeSet<&ComponentName> = BTreeSet::new();
    for delivered in delivered(stack).filter(|delivered| delivered.component.kind.value.is_kafka()) {
        if seen.insert(&delivered.component.name) {
            findings.extend(finding(delivered).into_iter().collect());
        }
    }
}

/// The component's own retries lie around the whole round of the policy: it sees an error only when Dapr has given up
/// and could not write the dead letter either.
fn finding(delivered: Delivered<'_>) -> Option<Finding> {
    let Delivered { component, service, policy, .. } = delivered;
    let enabled = effective(component, "consumeRetryEnabled").and_then(plain).is_none_or(truthy);
    let (item, key_at) =
        written_items(component).find(|(item, _)| item.key.starts_with("backOff")).filter(|_| enabled)?;
    let round = longest_round(policy);
    let whole = spoken(round.milliseconds);
    let message = match bounded(component) {
        Some((retries, wait)) => {
            let all = round
                .milliseconds
                .saturating_mul(retries.saturating_add(1))
                .saturating_add(retries.saturating_mul(wait));
            format!(
                "the retries of `{}` repeat those of Dapr: an event that keeps failing is tried for up to {}, {} times {whole}",
                component.name,
                spoken(all),
                retries.saturating_add(1),
            )
        }
        None => format!("the retries of `{}` repeat those of Dapr: each of them is another {whole}", component.name),
    };
    Some(
        Finding::new(&RULE, item.value.at.unwrap_or(key_at), message)
            .label("begins where Dapr has given up and the dead letter could not be written")
            .related(policy.retry.as_ref().and_then(|retry| retry.max_retries.at), "Dapr's own retries")
            .related(Some(service.at), format!("`{}` is delivered to through it", service.name))
            .help("take `backOff…` out of the metadata, and say it once: `resiliency: { deliver: { maxRetries: NUMBER } }`"),
    )
}

/// How often the component repeats where that has an end, and how long it waits each time, in milliseconds.
fn bounded(component: &Component) -> Option<(u64, u64)> {
    let value = |key: &str| component.metadata.iter().find(|item| item.key == key).and_then(plain);
    let retries = value("backOffMaxRetries")?.parse().ok()?;
    // An exponential one begins lower and ends higher; the round of Dapr outweighs either.
    let wait = value("backOffDuration").map_or(Some(5_000), |text| text.parse().ok().or_else(|| go_duration(text)))?;
    Some((retries, wait))
}
