use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fallback, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P310", severity: Severity::Warning, title: "fallback outside of the bounds", page: page!("P310") };

pub(super) fn check_fallbacks(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        let (min, max) = (&service.scale.min, &service.scale.max);
        let Some(Fallback { replicas, .. }) = &service.scale.fallback else { continue };
        let (bound, word) = match replicas.value {
            few if few < min.value => (min, "at least"),
            many if many > max.value => (max, "at most"),
            _ => continue,
        };
        let noun = if replicas.value == 1 { "replica" } else { "replicas" };
        let message =
            format!("`{}` falls back to {} {noun}, and has {word} {}", service.name, replicas.value, bound.value);
        findings.push(
            Finding::new(&RULE, replicas.at.unwrap_or(service.at), message)
                .label("the bound holds, not this number")
                .related(bound.at, "the bound")
                .help(format!("write a number from {} to {}", min.value, max.value)),
        );
    }
}
