use super::Fact;
use crate::spec::document::{LogLevel, Protocol};
use crate::spec::{Duration, Size};

/// How a sidecar runs, as far as the spec says more than follows from the rest of it.
#[derive(Debug, Clone)]
pub struct Sidecar {
    /// How much it logs.
    pub log_level: Option<Fact<LogLevel>>,
    /// What the app speaks.
    pub protocol: Fact<Protocol>,
    /// How many requests and events the app gets at once.
    pub max_concurrency: Option<Fact<u32>>,
    /// The largest body.
    pub max_body: Option<Fact<Size>>,
    /// The largest header.
    pub read_buffer: Option<Fact<Size>>,
    /// How long it may take to stop.
    pub graceful_shutdown: Option<Fact<Duration>>,
    /// How long it goes on after it was told to stop.
    pub block_shutdown: Option<Fact<Duration>>,
    /// CPU request, memory request, memory limit.
    pub resources: [Fact<String>; 3],
    /// CPU limit.
    pub cpu_limit: Option<Fact<String>>,
    /// How it asks the app whether it is well.
    pub health_check: Option<HealthCheck>,
    /// Its environment variables.
    pub env: Vec<(String, Fact<String>)>,
    /// Other annotations.
    pub annotations: Vec<(String, Fact<String>)>,
    /// What it counts.
    pub metrics: Metrics,
    /// Whether it logs each request, leaves out paths, leaves out health checks.
    pub api_logging: [Option<Fact<bool>>; 3],
    /// Features that are switched on or off.
    pub features: Vec<(String, Fact<bool>)>,
    /// The only APIs that are open; empty: all.
    pub allowed_apis: Vec<Fact<String>>,
    /// The APIs that are closed.
    pub denied_apis: Vec<Fact<String>>,
    /// Component types that it refuses.
    pub deny_components: Vec<Fact<String>>,
}

/// How a sidecar asks the app whether it is well.
#[derive(Debug, Clone)]
pub struct HealthCheck {
    /// The path.
    pub path: Fact<String>,
    /// How often.
    pub interval: Option<Fact<Duration>>,
    /// How long an answer may take.
    pub timeout: Option<Fact<Duration>>,
    /// So many failures in a row count.
    pub threshold: Option<Fact<u32>>,
}

/// What a sidecar counts.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    /// Whether it counts at all.
    pub enabled: Option<Fact<bool>>,
    /// Whether each path is counted by itself.
    pub increased_cardinality: Option<Fact<bool>>,
    /// The paths that are counted by themselves.
    pub paths: Vec<Fact<String>>,
    /// Whether verbs are left out.
    pub exclude_verbs: Option<Fact<bool>>,
    /// The bounds of the histogram.
    pub buckets: Vec<Fact<u32>>,
    /// Rewriting of labels: metric, label, new value, expression.
    pub rules: Vec<(Fact<String>, Vec<LabelRule>)>,
}

/// A label, and an expression for each of its new values.
pub type LabelRule = (Fact<String>, Vec<(String, Fact<String>)>);

/// An API by Dapr's name, and its version.
pub fn api_parts(written: &str) -> (&str, &str) {
    written.split_once('/').unwrap_or((written, "v1"))
}
