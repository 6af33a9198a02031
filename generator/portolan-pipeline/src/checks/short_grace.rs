use super::evidence::{delivered, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P413",
    severity: Severity::Warning,
    title: "grace shorter than a handler may take",
    page: page!("P413"),
};

pub(super) fn check_grace(stack: &Stack, findings: &mut Findings) {
    let timeout = &stack.resiliency.deliver.timeout;
    let mut by_default = false;
    let mut last = None;
    for delivered in delivered(stack).filter(|delivered| delivered.service.grace.value < timeout.value) {
        let service = delivered.service;
        if last.replace(&service.name) == Some(&service.name) {
            continue;
        }
        match (service.grace.at, timeout.at) {
            (Some(at), _) => findings.push(finding(stack, service, at)),
            // One line is the cause for all services that have the default.
            (None, Some(at)) if !by_default => {
                by_default = true;
                findings.push(finding(stack, service, at));
            }
            (None, _) => {}
        }
    }
}

fn finding(stack: &Stack, service: &Service, at: Span) -> Finding {
    let timeout = &stack.resiliency.deliver.timeout;
    let time = |duration: crate::spec::Duration| spoken(duration.as_milliseconds());
    let message = format!(
        "a handler of `{}` may take {}, and its pod is killed {} after it is told to stop",
        service.name,
        time(timeout.value),
        time(service.grace.value)
    );
    Finding::new(&RULE, at, message)
        .label("work that is under way is cut off and begins anew elsewhere")
        .related(timeout.at.filter(|other| *other != at), "the time that a handler has")
        .help(format!("write `grace: {}` or more, or a shorter `timeout` of `resiliency.deliver`", timeout.value))
}
