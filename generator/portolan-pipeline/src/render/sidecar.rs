//! The annotations that Dapr's injector reads (dapr 1.18, `pkg/injector/annotations`).

use super::tree::{Map, Tree};
use crate::model::{Fact, HealthCheck, Service, Stack, Topic};
use crate::spec::{Duration, SecretKey, Size};

/// daprd's own default for `max-body-size`, in bytes.
const DEFAULT_BODY: u32 = 4 * 1024 * 1024;
/// What the app keeps of its grace period after the sidecar has stopped.
const RESERVE_SECONDS: u64 = 5;

/// All annotations of a service's pods; what the spec writes by its whole name comes last and wins.
pub(super) fn render_annotations(stack: &Stack, service: &Service) -> Map {
    let written = &service.sidecar.annotations;
    let is_written = |name: &str| written.iter().any(|(known, _)| known == name);
    let derived = derived_annotations(stack, service).into_entries().filter(|(name, _)| !is_written(name));
    derived.chain(written.iter().map(|(name, value)| (name.clone().into(), Tree::text(value)))).collect()
}

fn derived_annotations(stack: &Stack, service: &Service) -> Map {
    let sidecar = &service.sidecar;
    let largest = largest_body(stack, service);
    let usual_grace = service.grace.clone().map(|grace| grace.as_seconds().saturating_sub(RESERVE_SECONDS).max(1));
    let grace = sidecar.graceful_shutdown.clone().map_or(usual_grace, |grace| grace.map(Duration::as_seconds));
    let [cpu, memory, memory_limit] = &sidecar.resources;
    let log_level = sidecar.log_level.as_ref().map(|level| Tree::from(level.value.word()).at_place(level.at));
    let annotations = Map::new()
        .with("dapr.io/enabled", "true")
        .with("dapr.io/app-id", Tree::text(&service.app_id))
        .maybe("dapr.io/app-port", listens(service).then(|| Tree::text(&service.port)))
        .with("dapr.io/app-protocol", Tree::from(sidecar.protocol.value.word()).at_place(sidecar.protocol.at))
        .maybe("dapr.io/app-max-concurrency", sidecar.max_concurrency.as_ref().map(Tree::text))
        .maybe("dapr.io/block-shutdown-duration", sidecar.block_shutdown.as_ref().map(Tree::text))
        .with("dapr.io/config", service.name.as_str())
        // A sidecar has no business with secrets that no component in its scope names.
        .with("dapr.io/disable-builtin-k8s-secret-store", "true")
        .maybe("dapr.io/env", render_env(&sidecar.env))
        .with("dapr.io/graceful-shutdown-seconds", Tree::text(&grace))
        .with("dapr.io/log-as-json", "true")
        .maybe("dapr.io/log-level", log_level)
        .with("dapr.io/max-body-size", Tree::text(&largest))
        .maybe("dapr.io/read-buffer-size", sidecar.read_buffer.as_ref().map(|size| Tree::text(&bytes(size))))
        .with("dapr.io/sidecar-cpu-request", Tree::text(cpu))
        .maybe("dapr.io/sidecar-cpu-limit", sidecar.cpu_limit.as_ref().map(Tree::text))
        .with("dapr.io/sidecar-memory-request", Tree::text(memory))
        .with("dapr.io/sidecar-memory-limit", Tree::text(memory_limit))
        .with("dapr.io/sidecar-seccomp-profile-type", "RuntimeDefault");
    let native = service.scale.job.as_ref().filter(|_| stack.cluster.has_native_sidecars());
    let annotations = annotations
        .maybe("dapr.io/app-token-secret", service.app_token.as_ref().map(secret_name))
        .maybe("dapr.io/api-token-secret", service.api_token.as_ref().map(secret_name))
        .maybe("dapr.io/enable-native-sidecar", native.map(|job| Tree::from("true").at_place(job.chosen.at)));
    // What ends is not watched.
    match sidecar.health_check.as_ref().filter(|_| service.scale.job.is_none()) {
        Some(check) => render_health_check(annotations, check),
        None => annotations,
    }
}

fn render_health_check(annotations: Map, check: &HealthCheck) -> Map {
    let interval = check.interval.clone().map(|interval| interval.map(|interval| interval.as_seconds().max(1)));
    let timeout = check.timeout.clone().map(|timeout| timeout.map(Duration::as_milliseconds));
    annotations
        .with("dapr.io/enable-app-health-check", "true")
        .with("dapr.io/app-health-check-path", Tree::text(&check.path))
        .maybe("dapr.io/app-health-probe-interval", interval.as_ref().map(Tree::text))
        .maybe("dapr.io/app-health-probe-timeout", timeout.as_ref().map(Tree::text))
        .maybe("dapr.io/app-health-threshold", check.threshold.as_ref().map(Tree::text))
}

/// `NAME=value`, parted by commas.
fn render_env(env: &[(String, Fact<String>)]) -> Option<Tree> {
    let pairs: Vec<String> = env.iter().map(|(name, value)| format!("{name}={}", value.value)).collect();
    let at = env.first().and_then(|(_, value)| value.at);
    (!pairs.is_empty()).then(|| Tree::from(pairs.join(",")).at_place(at))
}

/// The injector takes the secret by its name, and of it the key `token`.
fn secret_name(key: &Fact<SecretKey>) -> Tree {
    Tree::from(key.value.secret.as_str()).at_place(key.at)
}

/// Whether a sidecar waits for the app to listen. A job that gets nothing from its sidecar need not.
fn listens(service: &Service) -> bool {
    service.scale.job.is_none() || !service.subscriptions.is_empty()
}

/// The largest body that a sidecar lets through.
pub(super) fn largest_body(stack: &Stack, service: &Service) -> Fact<u32> {
    if let Some(written) = &service.sidecar.max_body {
        return bytes(written);
    }
    let subscribed = service.subscriptions.iter().map(|subscription| &subscription.topic);
    let published = service.publishes.iter().map(|publication| &publication.topic);
    let topics = subscribed.chain(published).filter_map(|name| stack.topics.get(name));
    let largest = topics.map(Topic::largest_body).max_by_key(|size| size.value);
    largest.filter(|size| size.value > DEFAULT_BODY).unwrap_or(Fact::derived(DEFAULT_BODY))
}

fn bytes(size: &Fact<Size>) -> Fact<u32> {
    size.clone().map(Size::as_bytes)
}
