use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P305", severity: Severity::Error, title: "bounds of replicas that contradict", page: page!("P305") };

pub(super) fn check_bounds(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let (min, max) = (&service.scale.min, &service.scale.max);
        if max.value > 0 && max.value >= min.value {
            continue;
        }
        let message = format!("`{}` wants at least {} and at most {} replicas", service.name, min.value, max.value);
        findings.push(
            Finding::new(&RULE, max.at.unwrap_or(service.at), message)
                .label("Kubernetes refuses these bounds")
                .related(min.at, "the lower bound")
                .help(format!("write `max: {}` or more", min.value.max(1))),
        );
    }
}
