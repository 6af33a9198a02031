use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P120", severity: Severity::Error, title: "sidecar's work without a sidecar", page: page!("P120") };

pub(super) fn check_sidecars(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| !service.has_sidecar()) {
        let run = service.run.value.word();
        for binding in &service.bindings {
            let message = format!("`{}` has a binding to `{}` and no sidecar", service.name, binding.component);
            findings.push(
                Finding::new(&RULE, binding.at, message)
                    .label("only a sidecar loads it")
                    .related(service.run.at, format!("run by `{run}`"))
                    .help("write `run: dapr`, or take the binding away in this environment"),
            );
        }
    }
}
