use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Slips;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{AppId, Component, ExternalTarget, Fact, Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P110", severity: Severity::Warning, title: "scope that is no app", page: page!("P110") };

pub(super) fn check_scopes(stack: &Stack, findings: &mut Findings) {
    let apps: BTreeSet<&str> = stack.services.values().map(|service| service.app_id.value.as_str()).collect();
    let others: BTreeSet<&str> = stack
        .externals
        .values()
        .filter_map(|external| match &external.target {
            ExternalTarget::App(app) => app.value.split('.').next(),
            ExternalTarget::Url(_) => None,
        })
        .collect();
    let services: BTreeMap<&str, &Service> =
        stack.services.values().map(|service| (service.name.as_str(), service)).collect();
    let mut slips = Slips::among(apps.iter().copied());
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        // Who is missing from the scopes is told that, and the slip with it.
        if component.scopes_at.is_none() || misses_a_user(component) {
            continue;
        }
        for scope in component
            .scopes
            .iter()
            .filter(|scope| !apps.contains(scope.value.as_str()) && !others.contains(scope.value.as_str()))
        {
            findings.extend(problem(component, scope, &services, &mut slips).into_iter().collect());
        }
    }
}

fn misses_a_user(component: &Component) -> bool {
    let scopes: BTreeSet<&AppId> = component.scopes.iter().map(|scope| &scope.value).collect();
    component.users.iter().any(|user| !scopes.contains(&user.value))
}

/// An app of another stack may be meant, so only a slip is one: a service's name in place of its app-id, or nearly an app-id.
fn problem(
    component: &Component,
    scope: &Fact<AppId>,
    services: &BTreeMap<&str, &Service>,
    slips: &mut Slips<'_>,
) -> Option<Finding> {
    let at = scope.at?;
    let name = scope.value.as_str();
    let finding = |message: String| Finding::new(&RULE, at, message).label("no app of this stack");
    if let Some(service) = services.get(name) {
        let app = &service.app_id.value;
        let message = format!("`{name}` in the scopes of `{}` is a service, whose app-id is `{app}`", component.name);
        return Some(finding(message).related(service.app_id.at, "its app-id").help(format!("write `{app}`")));
    }
    let near = slips.of(name)?;
    let message = format!("`{name}` in the scopes of `{}` is no app-id of this stack", component.name);
    Some(finding(message).help(format!("did you mean `{near}`? An app of another stack is declared under `external`")))
}
