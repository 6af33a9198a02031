use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ComponentName, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P122", severity: Severity::Error, title: "component of another building block", page: page!("P122") };

pub(super) fn check_kinds(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        for binding in &service.bindings {
            check_kind(stack, &binding.component, binding.at, "bindings", findings);
        }
        for (store, _) in &service.configuration {
            check_kind(stack, &store.value, store.at.unwrap_or(service.at), "configuration", findings);
        }
        if let Some(store) = &service.actor_store {
            check_kind(stack, &store.value, store.at.unwrap_or(service.at), "state", findings);
        }
        for handler in service.http_pipeline.iter().chain(&service.app_pipeline) {
            check_kind(stack, &handler.value, handler.at.unwrap_or(service.at), "middleware", findings);
        }
    }
}

fn check_kind(stack: &Stack, name: &ComponentName, at: Span, wanted: &str, findings: &mut Findings) {
    let Some(component) = stack.components.get(name) else { return };
    let kind = &component.kind;
    if kind.value.block() == wanted {
        return;
    }
    findings.push(
        Finding::new(&RULE, at, format!("`{name}` is a `{}`, and one of `{wanted}` is wanted here", kind.value))
            .label("of another building block")
            .related(kind.at, "its type")
            .help(format!("name a component whose type begins with `{wanted}.`, or name this one under `uses`")),
    );
}
