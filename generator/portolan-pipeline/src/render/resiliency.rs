use std::collections::BTreeMap;

use super::file::RenderedFile;
use super::object::{dapr_path, object, scopes};
use super::tree::{Map, Tree};
use crate::model::{AppId, Breaker, Component, ExternalTarget, Fact, Policy, Retry, ServiceName, Stack};

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
    let named = || stack.resiliency.policies.iter().map(|(name, policy)| (name.value.clone(), policy));
    let timeouts = named().filter_map(|(name, policy)| Some((name, Tree::text(policy.timeout.as_ref()?))));
    let retries = named().filter_map(|(name, policy)| Some((name, render_retry(policy.retry.as_ref()?))));
    let breakers = named().filter_map(|(name, policy)| Some((name, render_breaker(policy.breaker.as_ref()?))));
    Map::new()
        .map("timeouts", timeouts.collect())
        .map("retries", retries.collect())
        .map("circuitBreakers", breakers.collect())
}

fn render_retry(retry: &Retry) -> Tree {
    let matching = Map::new()
        .maybe("httpStatusCodes", retry.http_codes.as_ref().map(Tree::text))
        .maybe("gRPCStatusCodes", retry.grpc_codes.as_ref().map(Tree::text));
    Map::new()
        .with("policy", Tree::from(retry.backoff.value.word()).at_place(retry.backoff.at))
        .maybe("duration", retry.duration.as_ref().map(Tree::text))
        .maybe("maxInterval", retry.max_interval.as_ref().map(Tree::text))
        .with("maxRetries", Tree::number(&retry.max_retries))
        .map("matching", matching)
        .into()
}

fn render_breaker(breaker: &Breaker) -> Tree {
    Map::new()
        .with("maxRequests", Tree::number(&breaker.max_requests))
        .with("interval", Tree::text(&breaker.interval))
        .with("timeout", Tree::text(&breaker.timeout))
        .with("trip", Tree::text(&breaker.trip))
        .into()
}

fn render_targets(stack: &Stack) -> Map {
    let own = |name: &ServiceName| stack.resiliency.apps.get(name).cloned();
    let apps: BTreeMap<String, Tree> = targets(stack)
        .filter_map(|name| {
            let policy = own(name).unwrap_or_else(|| Fact::derived("invoke".to_owned()));
            Some((app_of(stack, name)?, use_policy(stack, &policy)))
        })
        .collect();
    let components: Map = stack.components.values().filter_map(|known| render_component_target(stack, known)).collect();
    Map::new().map("apps", apps.into_iter().collect()).map("components", components)
}

/// The services that some service invokes, ours and others', and those that have a policy of their own.
fn targets(stack: &Stack) -> impl Iterator<Item = &ServiceName> {
    let invoked = stack.services.values().flat_map(|service| &service.invokes).map(|invocation| &invocation.service);
    invoked.chain(stack.resiliency.apps.keys())
}

/// What Dapr calls it: the app-id, or the HTTPEndpoint's name.
fn app_of(stack: &Stack, name: &ServiceName) -> Option<String> {
    match stack.externals.get(name).map(|external| &external.target) {
        Some(ExternalTarget::App(app)) => Some(app.value.clone()),
        Some(ExternalTarget::Url(_)) => Some(name.to_string()),
        None => stack.services.get(name).map(|service| service.app_id.value.to_string()),
    }
}

/// What the spec says of a side, else what its building block has.
fn render_component_target(stack: &Stack, component: &Component) -> Option<(String, Tree)> {
    let written = stack.resiliency.sides(component);
    let has = |side: &str| component.plain("direction").is_none_or(|direction| direction.contains(side));
    let (outbound, inbound) = match component.kind.value.block() {
        "pubsub" => (Some("publish"), Some("deliver")),
        "state" => (Some("publish"), None),
        // An input's own acknowledgement decides what is repeated, unless the spec says more.
        "bindings" => (has("output").then_some("publish"), None),
        _ => (None, None),
    };
    let side = |written: Option<&Fact<String>>, usual: Option<&str>| {
        let policy = written.cloned().or_else(|| usual.map(|name| Fact::derived(name.to_owned())))?;
        Some(use_policy(stack, &policy))
    };
    let outbound = side(written.and_then(|sides| sides.outbound.as_ref()), outbound);
    let inbound = side(written.and_then(|sides| sides.inbound.as_ref()), inbound)
        // What a queue brings is tried again by the queue; one delivery is bounded here.
        .or_else(|| is_queue(component).then(|| Map::new().with("timeout", "deliver").into()));
    let sides = Map::new().maybe("outbound", outbound).maybe("inbound", inbound);
    Some((component.name.to_string(), sides.into_tree()?))
}

fn is_queue(component: &Component) -> bool {
    component.kind.value.name == "bindings.aws.sqs" && component.plain("direction") == Some("input")
}

/// What a policy does not have is not applied.
fn use_policy(stack: &Stack, name: &Fact<String>) -> Tree {
    let policy = stack.resiliency.policy(&name.value);
    let has = |part: fn(&Policy) -> bool| policy.is_some_and(part).then(|| Tree::text(name));
    Map::new()
        .maybe("timeout", has(|policy| policy.timeout.is_some()))
        .maybe("retry", has(|policy| policy.retry.is_some()))
        .maybe("circuitBreaker", has(|policy| policy.breaker.is_some()))
        .into()
}
