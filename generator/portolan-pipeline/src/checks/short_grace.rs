use std::collections::BTreeSet;

use super::evidence::{delivered, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Service, Stack};
use crate::source::Span;
use crate::spec::Duration;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P413",
    severity: Severity::Warning,
    title: "grace shorter than a handler may take",
    page: page!("P413"),
};

pub(super) fn check_grace(stack: &Stack, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for delivered in delivered(stack) {
        let service = delivered.service;
        let Some(timeout) = delivered.policy.timeout.as_ref().filter(|timeout| service.grace.value < timeout.value)
        else {
            continue;
        };
        // One line of a policy is the cause for all services that have the default.
        if let Some(at) = service.grace.at.or(timeout.at).filter(|at| seen.insert(*at)) {
            findings.push(finding(service, timeout, at));
        }
    }
}

fn finding(service: &Service, timeout: &Fact<Duration>, at: Span) -> Finding {
    let time = |duration: Duration| spoken(duration.as_milliseconds());
    let message = format!(
        "a handler of `{}` may take {}, and its pod is killed {} after it is told to stop",
        service.name,
        time(timeout.value),
        time(service.grace.value)
    );
    Finding::new(&RULE, at, message)
        .label("work that is under way is cut off and begins anew elsewhere")
        .related(timeout.at.filter(|other| *other != at), "the time that a handler has")
        .help(format!("write `grace: {}` or more, or a shorter `timeout` of the policy that delivers", timeout.value))
}
