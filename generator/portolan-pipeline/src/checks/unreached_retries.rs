use super::evidence::{GIVES_UP, longest_round, quickest_round, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{RetryPolicy, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P406", severity: Severity::Warning, title: "retries that Dapr never makes", page: page!("P406") };

pub(super) fn check_policies(stack: &Stack, findings: &mut Findings) {
    if !stack.services.values().any(crate::model::Service::has_sidecar) {
        return;
    }
    let policies = [
        ("deliver", &stack.resiliency.deliver),
        ("publish", &stack.resiliency.publish),
        ("invoke", &stack.resiliency.invoke),
    ];
    findings.extend(policies.into_iter().filter_map(|(name, policy)| finding(name, policy)).collect());
}

fn finding(name: &str, policy: &RetryPolicy) -> Option<Finding> {
    let (quickest, longest) = (quickest_round(policy), longest_round(policy));
    let at = policy.max_retries.at.filter(|_| quickest.retries < policy.max_retries.value)?;
    let message = format!(
        "Dapr makes at most {} of the {} retries of `{name}`: it gives up after {}",
        quickest.retries,
        policy.max_retries.value,
        spoken(GIVES_UP)
    );
    Some(
        Finding::new(&RULE, at, message)
            .label(format!(
                "where each try takes the whole time-out, {} in {}",
                longest.retries,
                spoken(longest.milliseconds)
            ))
            .related(policy.max_interval.at, "the wait between two of them")
            .related(policy.timeout.at, "the time-out of each")
            .help(format!("write `maxRetries: {}`, or a shorter `maxInterval`", quickest.retries)),
    )
}
