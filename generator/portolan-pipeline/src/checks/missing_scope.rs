use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{AppId, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P202", severity: Severity::Error, title: "user missing from the scopes", page: page!("P202") };

pub(super) fn check_scopes(stack: &Stack, findings: &mut Findings) {
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
