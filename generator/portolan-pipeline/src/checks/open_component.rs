use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P701",
    severity: Severity::Warning,
    title: "component that is open to every app",
    page: page!("P701"),
};

pub(super) fn check_scopes(stack: &Stack, findings: &mut Findings) {
    // Without a sidecar nothing loads it, and what other stacks run in this namespace is not known.
    if !stack.unread.is_empty() || !stack.services.values().any(Service::has_sidecar) {
        return;
    }
    let reads_secrets = stack.services.values().any(|service| !service.secrets.is_empty());
    let open = stack.components.values().filter(|component| component.scopes.is_empty());
    for component in open {
        let Some(why) = why(component, reads_secrets) else { continue };
        let at = component.scopes_at.unwrap_or(component.at);
        let message = format!("`{}` has no scopes, so every app in the namespace {why}", component.name);
        let help = match component.users.first() {
            Some(_) => "take `scopes` away: the users are the default".to_owned(),
            None => "write `scopes: [APP-ID]` with the apps that it is for".to_owned(),
        };
        let user = component.users.first().and_then(|user| user.at);
        findings.push(Finding::new(&RULE, at, message).label("open to all").related(user, "used here").help(help));
    }
}

/// What every app gets from it; nothing where somebody uses it and the scopes follow, or where it is idle.
fn why(component: &Component, reads_secrets: bool) -> Option<&'static str> {
    let block = component.kind.value.block();
    match block {
        // A Configuration names it, and only that app's pipeline has it.
        "middleware" => None,
        _ if !component.users.is_empty() => Some("may use it"),
        "bindings" if component.plain("direction").is_none_or(|direction| direction.contains("input")) => {
            Some("gets its events")
        }
        "secretstores" if reads_secrets => Some("may read secrets through it"),
        "state" if component.plain("actorStateStore").is_some() => Some("keeps its actors in it"),
        _ => None,
    }
}
