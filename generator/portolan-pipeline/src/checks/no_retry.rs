use std::collections::BTreeSet;

use super::evidence::delivered;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P403", severity: Severity::Warning, title: "delivery without a second try", page: page!("P403") };

pub(super) fn check_retries(stack: &Stack, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for first in delivered(stack) {
        let retries = first.policy.retry.as_ref().map(|retry| &retry.max_retries).filter(|retries| retries.value == 0);
        let Some(at) = retries.and_then(|retries| retries.at).filter(|at| seen.insert(*at)) else { continue };
        let message = format!("the first failure of `{}` ends an event's delivery", first.service.name);
        findings.push(
            Finding::new(&RULE, at, message)
                .label("a database that restarts is enough")
                .related(Some(first.subscription.at), format!("`{}` is delivered here", first.subscription.topic))
                .help("write `maxRetries: 5` or more, or take the line away"),
        );
    }
}
