use super::file::RenderedFile;
use super::object::{dapr_path, object, scopes};
use super::tree::{Map, Tree};
use crate::model::{AppId, Component, ExternalTarget, Fact, RetryPolicy, Stack};

/// Dapr's Resiliency (`dapr.io/v1alpha1`): one for the stack, none where no service has a sidecar.
pub(super) fn render_resiliency(stack: &Stack) -> Option<RenderedFile> {
    let apps: Vec<Fact<AppId>> =
        stack.services.values().filter(|service| service.has_sidecar()).map(|service| service.app_id.clone()).collect();
    if apps.is_empty() {
        return None;
    }
    let spec = Map::new().with("policies", render_policies(stack)).with("targets", render_targets(stack));
    let document = object(stack, "dapr.io/v1alpha1", "Resiliency", stack.name.value.as_str())
        .with("spec", spec)
        .with("scopes", scopes(&apps));
    Some(RenderedFile::new(dapr_path(stack, "resiliency"), document))
}

fn render_policies(stack: &Stack) -> Map {
    let policies = [
        ("deliver", &stack.resiliency.deliver),
        ("publish", &stack.resiliency.publish),
        ("invoke", &stack.resiliency.invoke),
    ];
    let timeouts: Map = policies.iter().map(|(name, policy)| (*name, Tree::text(&policy.timeout))).collect();
    let retries: Map = policies.iter().map(|(name, policy)| (*name, render_retry(policy))).collect();
    let breaker = Map::new()
        .with("maxRequests", 1)
        .with("interval", "30s")
        .with("timeout", "30s")
        .with("trip", "consecutiveFailures >= 5");
    Map::new()
        .with("timeouts", timeouts)
        .with("retries", retries)
        .with("circuitBreakers", Map::new().with("invoke", breaker))
}

fn render_retry(policy: &RetryPolicy) -> Tree {
    Map::new()
        .with("policy", "exponential")
        .with("maxInterval", Tree::text(&policy.max_interval))
        .with("maxRetries", Tree::number(&policy.max_retries))
        .into()
}

fn render_targets(stack: &Stack) -> Map {
    let apps: Map = invoked(stack)
        .into_iter()
        .map(|app| (app, use_policy("invoke").with("circuitBreaker", "invoke").into()))
        .collect();
    let components: Map = stack.components.values().filter_map(render_component_target).collect();
    Map::new().map("apps", apps).map("components", components)
}

/// The apps that some service invokes, ours and others'.
fn invoked(stack: &Stack) -> Vec<String> {
    let invocations = stack.services.values().flat_map(|service| &service.invokes);
    let mut apps: Vec<String> = invocations
        .filter_map(|invocation| match stack.externals.get(&invocation.service).map(|external| &external.target) {
            Some(ExternalTarget::App(app)) => Some(app.value.clone()),
            Some(ExternalTarget::Url(_)) => Some(invocation.service.to_string()),
            None => stack.services.get(&invocation.service).map(|service| service.app_id.value.to_string()),
        })
        .collect();
    apps.sort();
    apps.dedup();
    apps
}

/// A secret store has neither side: Dapr applies no policy to it.
fn render_component_target(component: &Component) -> Option<(String, Tree)> {
    let outbound = Map::new().with("outbound", use_policy("publish"));
    // What a queue brings is tried again by the queue; one delivery is bounded here.
    if component.kind.value.name == "bindings.aws.sqs" && component.plain("direction") == Some("input") {
        let inbound = Map::new().with("inbound", Map::new().with("timeout", "deliver"));
        return Some((component.name.to_string(), inbound.into()));
    }
    let sides = match component.kind.value.block() {
        "pubsub" => outbound.with("inbound", use_policy("deliver")),
        "state" | "bindings" => outbound,
        _ => return None,
    };
    Some((component.name.to_string(), sides.into()))
}

fn use_policy(name: &'static str) -> Map {
    Map::new().with("timeout", name).with("retry", name)
}
