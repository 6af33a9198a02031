use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P317", severity: Severity::Error, title: "idle replicas that KEDA refuses", page: page!("P317") };

pub(super) fn check_idle(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let Some(idle) = &service.scale.idle else { continue };
        let min = &service.scale.min;
        let (message, help) = if idle.value != 0 {
            let message =
                format!("`{}` wants {} replicas while it is idle, KEDA knows zero only", service.name, idle.value);
            (message, "write `idle: 0`, or take it away: `min` replicas are always there".to_owned())
        } else if min.value == 0 {
            let message = format!("`{}` has no replica while it is idle, and none at least", service.name);
            (message, "take `idle` away, or write a `min` of 1 or more, which it wakes up to".to_owned())
        } else {
            continue;
        };
        findings.push(
            Finding::new(&RULE, idle.at.unwrap_or(service.at), message)
                .label("KEDA refuses this")
                .related(min.at, "at least so many")
                .help(help),
        );
    }
}
