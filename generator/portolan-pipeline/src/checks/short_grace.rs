use std::collections::BTreeSet;

use super::evidence::{delivered, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Service, Stack};
use crate::source::Span;
use crate::spec::Duration;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P413",
    severity: Severity::Warning,
    title: "grace shorter than a handler may take, or its leaving",
    page: page!("P413"),
};

/// What the handler runtime takes at most to finish what it has in hand and to empty its outbox.
const LEAVING: Duration = Duration::seconds(30);

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
    for service in stack.services.values().filter(|service| leaves_late(service)) {
        if let Some(at) = service.grace.at.filter(|at| seen.insert(*at)) {
            findings.push(late(service, at));
        }
    }
}

/// Who has no contract is somebody else's image; a function is never told to leave.
fn leaves_late(service: &Service) -> bool {
    service.contract.is_some() && service.run.value != Run::Lambda && service.grace.value < LEAVING
}

fn late(service: &Service, at: Span) -> Finding {
    let message = format!(
        "`{}` takes up to {} to leave, and its pod is killed {} after it is told to stop",
        service.name,
        spoken(LEAVING.as_milliseconds()),
        spoken(service.grace.value.as_milliseconds())
    );
    Finding::new(&RULE, at, message)
        .label("what its outbox holds then waits for the next replica")
        .help(format!("write `grace: {LEAVING}` or more"))
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
