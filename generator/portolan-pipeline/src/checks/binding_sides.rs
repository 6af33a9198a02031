use super::evidence::component_entry;
use crate::catalogue::ComponentEntry;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Binding, Component, Service, Stack};
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule = Rule {
    code: "P610",
    severity: Severity::Error,
    title: "side or operation that a binding does not have",
    page: page!("P610"),
};

pub(super) fn check_bindings(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        for binding in &service.bindings {
            let Some(component) = stack.components.get(&binding.component) else { continue };
            let entry = component_entry(stack, component).filter(|(_, entry)| entry.block() == "bindings");
            if let Some((_, entry)) = entry {
                check_sides(service, binding, component, entry, findings);
                check_operations(binding, component, entry, findings);
            }
        }
    }
}

fn check_sides(
    service: &Service,
    binding: &Binding,
    component: &Component,
    entry: &ComponentEntry,
    findings: &mut Findings,
) {
    let used = [("input", binding.route.as_ref().and_then(|route| route.at), binding.route.is_some())];
    let used =
        used.into_iter().chain([("output", binding.operations.first().and_then(|first| first.at), binding.output)]);
    for (side, at, _) in used.filter(|(side, _, is_used)| *is_used && !entry.can(side)) {
        let message = format!(
            "`{}` uses the {side} of `{}`, and `{}` has none",
            service.name, component.name, component.kind.value
        );
        let other = if side == "input" { "output" } else { "input" };
        findings.push(
            Finding::new(&RULE, at.unwrap_or(binding.at), message)
                .label(if side == "input" { "no event comes in by it" } else { "Dapr refuses every request" })
                .related(component.kind.at, "the component's type")
                .help(format!("use its {other}, or a type with an {side}")),
        );
    }
}

fn check_operations(binding: &Binding, component: &Component, entry: &ComponentEntry, findings: &mut Findings) {
    let known = entry.capabilities.iter().map(String::as_str).filter(|name| !["input", "output"].contains(name));
    if !entry.can("output") {
        return;
    }
    for operation in binding.operations.iter().filter(|operation| !entry.can(&operation.value)) {
        let message = format!("`{}` has no operation `{}`", component.kind.value, operation.value);
        findings.push(
            Finding::new(&RULE, operation.at.unwrap_or(binding.at), message)
                .label("Dapr refuses every such request")
                .related(component.kind.at, "the component's type")
                .help(did_you_mean(&operation.value, known.clone())),
        );
    }
}
