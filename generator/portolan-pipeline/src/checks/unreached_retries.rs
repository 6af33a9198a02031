use super::evidence::{GIVES_UP, longest_round, quickest_round, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Policy, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P406", severity: Severity::Warning, title: "retries that Dapr never makes", page: page!("P406") };

pub(super) fn check_policies(stack: &Stack, findings: &mut Findings) {
    if !stack.services.values().any(crate::model::Service::has_sidecar) {
        return;
    }
    let policies = stack.resiliency.policies.iter();
    findings.extend(policies.filter_map(|(name, policy)| finding(&name.value, policy)).collect());
}

fn finding(name: &str, policy: &Policy) -> Option<Finding> {
    let retry = policy.retry.as_ref()?;
    let (quickest, longest) = (quickest_round(policy), longest_round(policy));
    let at = retry.max_retries.at.filter(|_| quickest.retries < retry.max_retries.value)?;
    let message = format!(
        "Dapr makes at most {} of the {} retries of `{name}`: it gives up after {}",
        quickest.retries,
        retry.max_retries.value,
        spoken(GIVES_UP)
    );
    Some(
        Finding::new(&RULE, at, message)
            .label(format!(
                "where each try takes the whole time-out, {} in {}",
                longest.retries,
                spoken(longest.milliseconds)
            ))
            .related(retry.max_interval.as_ref().and_then(|longest| longest.at), "the wait between two of them")
            .related(policy.timeout.as_ref().and_then(|timeout| timeout.at), "the time-out of each")
            .help(format!("write `maxRetries: {}`, or a shorter `maxInterval`", quickest.retries)),
    )
}
