use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Binding, ComponentName, Fact, Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P121", severity: Severity::Error, title: "two routes for one binding", page: page!("P121") };

/// The route is the component's, so there is one for everybody who loads it.
pub(super) fn check_binding_routes(stack: &Stack, findings: &mut Findings) {
    let mut routes: BTreeMap<&ComponentName, Fact<String>> = BTreeMap::new();
    for component in stack.components.values().filter(|component| component.kind.value.block() == "bindings") {
        // What portolan derives of it comes from the first service.
        let written = component.item("route").filter(|item| item.key_at.is_some());
        if let (Some(item), Some(route)) = (written, component.plain("route")) {
            let route = format!("/{}", route.trim_start_matches('/'));
            routes.insert(&component.name, Fact { value: route, at: item.value.at });
        }
    }
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        for binding in &service.bindings {
            let Some(route) = &binding.route else { continue };
            let own = Fact { value: route.value.clone(), at: route.at.or(Some(binding.at)) };
            let first = routes.entry(&binding.component).or_insert_with(|| own.clone());
            if first.value != own.value {
                findings.push(finding(service, binding, &own, first));
            }
        }
    }
}

fn finding(service: &Service, binding: &Binding, own: &Fact<String>, first: &Fact<String>) -> Finding {
    let component = &binding.component;
    let message = format!(
        "`{}` takes `{component}` at `{}`, which posts its events to `{}`",
        service.name, own.value, first.value
    );
    Finding::new(&RULE, own.at.unwrap_or(binding.at), message)
        .label("nothing is posted here")
        .related(first.at, "a component has one route for all who load it")
        .help(format!("write `{}` in both places, or declare a component for each service", first.value))
}
