//! Who may invoke a service, from the one graph.

use super::tree::{Map, Tree};
use crate::model::{AppId, Fact, Invocation, Service, ServiceName, Stack};

/// The trust domain of an app that names none (Dapr, `accessControl`).
const TRUST_DOMAIN: &str = "public";

/// Nobody, unless a service of the stack says that it invokes this one.
pub(super) fn render_access_control(stack: &Stack, service: &Service) -> Map {
    let policies: Vec<Tree> =
        callers(stack, &service.name).map(|(caller, invocations)| render_policy(stack, caller, &invocations)).collect();
    Map::new().with("defaultAction", "deny").with("trustDomain", TRUST_DOMAIN).list("policies", policies)
}

fn callers<'a>(
    stack: &'a Stack,
    called: &'a ServiceName,
) -> impl Iterator<Item = (&'a Fact<AppId>, Vec<&'a Invocation>)> {
    let invoking = stack.invokers.get(called).into_iter().flatten();
    // Only a sidecar has an app-id that access control knows.
    let callers = invoking.filter_map(|name| stack.services.get(name)).filter(|caller| caller.has_sidecar());
    callers.map(move |caller| {
        (&caller.app_id, caller.invokes.iter().filter(|invocation| invocation.service == *called).collect())
    })
}

fn render_policy(stack: &Stack, caller: &Fact<AppId>, invocations: &[&Invocation]) -> Tree {
    let whole = invocations.iter().any(|invocation| invocation.method.is_none());
    let operations = invocations.iter().filter_map(|invocation| render_operation(invocation)).collect();
    Map::new()
        .with("appId", Tree::text(caller))
        .with("defaultAction", if whole { "allow" } else { "deny" })
        .with("trustDomain", TRUST_DOMAIN)
        .with("namespace", Tree::text(&stack.cluster.namespace))
        .list("operations", operations)
        .into()
}

fn render_operation(invocation: &Invocation) -> Option<Tree> {
    let method = invocation.method.as_ref()?;
    let any = || vec![Tree::from("*")];
    let verbs: Vec<Tree> = invocation.verbs.iter().map(|verb| Tree::from(verb.as_str())).collect();
    let operation = Map::new()
        .with("name", format!("/{}", method.trim_start_matches('/')))
        .with("httpVerb", if verbs.is_empty() { any() } else { verbs })
        .with("action", "allow");
    Some(Tree::from(operation).at_place(Some(invocation.at)))
}
