//! The annotations that Dapr's injector reads (dapr 1.18, `pkg/injector/annotations`).

use super::tree::{Map, Tree};
use crate::model::{Fact, Service, Stack, Topic};

/// daprd's own default for `max-body-size`, in bytes.
const DEFAULT_BODY: u32 = 4 * 1024 * 1024;
/// What the app keeps of its grace period after the sidecar has stopped.
const RESERVE_SECONDS: u64 = 5;

/// All annotations of a service's pods.
pub(super) fn render_annotations(stack: &Stack, service: &Service) -> Map {
    let largest = largest_body(stack, service);
    let grace = service.grace.value.as_seconds().saturating_sub(RESERVE_SECONDS).max(1);
    let annotations = Map::new()
        .with("dapr.io/enabled", "true")
        .with("dapr.io/app-id", Tree::text(&service.app_id))
        .with("dapr.io/app-port", Tree::text(&service.port))
        .with("dapr.io/app-protocol", "http")
        .with("dapr.io/config", service.name.as_str())
        // A sidecar has no business with secrets that no component in its scope names.
        .with("dapr.io/disable-builtin-k8s-secret-store", "true")
        .with("dapr.io/graceful-shutdown-seconds", Tree::from(grace.to_string()).at_place(service.grace.at))
        .with("dapr.io/log-as-json", "true")
        .with("dapr.io/max-body-size", Tree::text(&largest))
        .with("dapr.io/sidecar-cpu-request", "50m")
        .with("dapr.io/sidecar-memory-request", "64Mi")
        .with("dapr.io/sidecar-memory-limit", "256Mi")
        .with("dapr.io/sidecar-seccomp-profile-type", "RuntimeDefault");
    // Only our own runtime is known to answer there.
    if service.contract.is_none() {
        return annotations;
    }
    annotations.with("dapr.io/enable-app-health-check", "true").with("dapr.io/app-health-check-path", "/healthz")
}

/// The largest body that a sidecar lets through.
pub(super) fn largest_body(stack: &Stack, service: &Service) -> Fact<u32> {
    let subscribed = service.subscriptions.iter().map(|subscription| &subscription.topic);
    let published = service.publishes.iter().map(|publication| &publication.topic);
    let topics = subscribed.chain(published).filter_map(|name| stack.topics.get(name));
    let largest = topics.map(Topic::largest_body).max_by_key(|size| size.value);
    largest.filter(|size| size.value > DEFAULT_BODY).unwrap_or(Fact::derived(DEFAULT_BODY))
}
