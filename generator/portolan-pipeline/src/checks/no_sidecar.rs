use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P120", severity: Severity::Error, title: "sidecar's work without a sidecar", page: page!("P120") };

pub(super) fn check_sidecars(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| !service.has_sidecar()) {
        let run = service.run.value.word();
        let bound = service.bindings.iter().map(|binding| ("a binding to", &binding.component, Some(binding.at)));
        let passed = service.http_pipeline.iter().chain(&service.app_pipeline);
        let passed = passed.map(|handler| ("the middleware", &handler.value, handler.at));
        let followed = service.configuration.iter().map(|(store, _)| ("the configuration of", &store.value, store.at));
        let kept = service.actor_store.iter().map(|store| ("actors in", &store.value, store.at));
        for (what, component, at) in bound.chain(passed).chain(followed).chain(kept) {
            let message = format!("`{}` has {what} `{component}` and no sidecar", service.name);
            findings.push(
                Finding::new(&RULE, at.unwrap_or(service.at), message)
                    .label("only a sidecar loads it")
                    .related(service.run.at, format!("run by `{run}`"))
                    .help("write `run: dapr`, or take it away in this environment"),
            );
        }
    }
}
