use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

/// Only a warning: what a tick does may bear repetition, or be each replica's own affair.
pub(super) static RULE: Rule = Rule {
    code: "P129",
    severity: Severity::Warning,
    title: "cron binding of a service with several replicas or none",
    page: page!("P129"),
};

pub(super) fn check_cron(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        let scale = &service.scale;
        // Without a trigger nothing moves the replicas.
        let most = if scale.triggers.is_empty() { &scale.min } else { &scale.max };
        let (what, label, bound) = match (scale.min.value, most.value) {
            (1, 1) => continue,
            (0, _) => ("may have no replica", "nobody is there to tick", &scale.min),
            _ => ("may have several replicas", "every replica ticks", most),
        };
        let cron = service.bindings.iter().find(|binding| {
            stack.components.get(&binding.component).is_some_and(|known| known.kind.value.name == "bindings.cron")
        });
        if let Some(binding) = cron {
            let message =
                format!("`{}` is driven by the cron binding `{}` and {what}", service.name, binding.component);
            findings.push(
                Finding::new(&RULE, bound.at.unwrap_or(service.at), message)
                    .label(label)
                    .related(Some(binding.at), "the binding")
                    .help("write `min: 1` and `max: 1`, or let the service schedule a job, which reaches one replica"),
            );
        }
    }
}
