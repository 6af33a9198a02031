use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{AppId, Invocation, Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P202", severity: Severity::Error, title: "user missing from the scopes", page: page!("P202") };

pub(super) fn check_scopes(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        findings.extend(service.invokes.iter().filter_map(|invoked| unreached(stack, service, invoked)).collect());
    }
    for component in stack.components.values() {
        // An empty list means every app.
        let Some(at) = component.scopes_at.filter(|_| !component.scopes.is_empty()) else { continue };
        let scopes: BTreeSet<&AppId> = component.scopes.iter().map(|scope| &scope.value).collect();
        for user in component.users.iter().filter(|user| !scopes.contains(&user.value)) {
            let app = &user.value;
            findings.push(
                Finding::new(&RULE, at, format!("`{app}` uses `{}` and is not in its scopes", component.name))
                    .label("the sidecar of everybody else does not load it")
                    .related(user.at, format!("`{app}` uses it here"))
                    .help(format!("add `{app}` to `scopes`, or take `scopes` away: the users are the default")),
            );
        }
    }
}

/// An address is an HTTPEndpoint, which has scopes as a component has.
fn unreached(stack: &Stack, service: &Service, invoked: &Invocation) -> Option<Finding> {
    let external = stack.externals.get(&invoked.service)?;
    let scopes = external.scopes.as_ref().filter(|scopes| !scopes.is_empty())?;
    let app = &service.app_id.value;
    if scopes.iter().any(|scope| scope.value == *app) {
        return None;
    }
    let at = scopes.first().and_then(|first| first.at).unwrap_or(external.at);
    let finding = Finding::new(&RULE, at, format!("`{app}` invokes `{}` and is not in its scopes", invoked.service))
        .label("the sidecar of everybody else does not load it")
        .related(Some(invoked.at), format!("`{app}` invokes it here"))
        .help(format!("add `{app}` to `scopes`, or take `scopes` away: those who invoke it are the default"));
    Some(finding)
}
