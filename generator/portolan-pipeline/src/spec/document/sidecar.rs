use crate::spec::decode::{Entries, Located, record, words};
use crate::spec::duration::Duration;
use crate::spec::size::Size;

record! {
    /// How a sidecar runs. What stands at a service wins, field by field, over what stands at the stack.
    pub struct Sidecar {
        /// How much it logs; default info.
        "logLevel" => log_level: Option<Located<LogLevel>>,
        /// What the app speaks; default http.
        "protocol" => protocol: Option<Located<Protocol>>,
        /// How many requests and events the app gets at once; default as many as come.
        "maxConcurrency" => max_concurrency: Option<Located<u32>>,
        /// The largest body that it lets through; default what the largest event needs, at least 4MiB.
        "maxBody" => max_body: Option<Located<Size>>,
        /// The largest header that it reads; default 4KiB.
        "readBuffer" => read_buffer: Option<Located<Size>>,
        /// How long it may take to stop; default five seconds less than the service's grace.
        "gracefulShutdown" => graceful_shutdown: Option<Located<Duration>>,
        /// How long it goes on with its work after it was told to stop; default not at all.
        "blockShutdown" => block_shutdown: Option<Located<Duration>>,
        /// CPU request; default 50m.
        "cpu" => cpu: Option<Located<String>>,
        /// CPU limit; default none.
        "cpuLimit" => cpu_limit: Option<Located<String>>,
        /// Memory request; default 64Mi.
        "memory" => memory: Option<Located<String>>,
        /// Memory limit; default 256Mi.
        "memoryLimit" => memory_limit: Option<Located<String>>,
        /// How it asks the app whether it is well; default only of services with a contract, at /healthz.
        "healthCheck" => health_check: Option<HealthCheck>,
        /// Environment variables of the sidecar, never a secret.
        "env" => env: Entries<Located<String>>,
        /// Any other of the injector's annotations, by their whole name.
        "annotations" => annotations: Entries<Located<String>>,
        /// What it counts.
        "metrics" => metrics: Metrics,
        /// Whether it logs each request to its API.
        "apiLogging" => api_logging: ApiLogging,
        /// Features that are switched on or off.
        "features" => features: Entries<Located<bool>>,
        /// Which of its APIs are open; default all.
        "api" => api: Api,
        /// Component types that it refuses to load.
        "denyComponents" => deny_components: Vec<Located<String>>,
    }
}

words! {
    /// How much a sidecar logs.
    pub enum LogLevel {
        /// Everything.
        Debug = "debug",
        /// What happens.
        Info = "info",
        /// What looks wrong.
        Warn = "warn",
        /// What is wrong.
        Error = "error",
    }
}

words! {
    /// What an app speaks.
    pub enum Protocol {
        /// HTTP/1.1.
        Http = "http",
        /// HTTP/1.1 over TLS.
        Https = "https",
        /// gRPC.
        Grpc = "grpc",
        /// gRPC over TLS.
        Grpcs = "grpcs",
        /// HTTP/2 without TLS.
        H2c = "h2c",
    }
}

record! {
    /// How a sidecar asks the app whether it is well. While it is not, nothing is delivered to it.
    pub struct HealthCheck {
        /// Whether it does; default true where any of this is written.
        "enabled" => enabled: Option<Located<bool>>,
        /// The path; default /healthz.
        "path" => path: Option<Located<String>>,
        /// How often; default 5s.
        "interval" => interval: Option<Located<Duration>>,
        /// How long an answer may take; default 500ms.
        "timeout" => timeout: Option<Located<Duration>>,
        /// So many failures in a row count as unwell; default 3.
        "threshold" => threshold: Option<Located<u32>>,
    }
}

record! {
    /// What a sidecar counts.
    pub struct Metrics {
        /// Whether it counts at all; default true.
        "enabled" => enabled: Option<Located<bool>>,
        /// Whether each path is counted by itself; default false.
        "increasedCardinality" => increased_cardinality: Option<Located<bool>>,
        /// The paths that are counted by themselves, with what varies in braces.
        "paths" => paths: Vec<Located<String>>,
        /// Whether HTTP verbs are left out; default false.
        "excludeVerbs" => exclude_verbs: Option<Located<bool>>,
        /// The bounds of the latency histogram, in milliseconds.
        "buckets" => buckets: Vec<Located<u32>>,
        /// Rewriting of labels: by metric, by label, a regular expression for each new value.
        "rules" => rules: Entries<Entries<Entries<Located<String>>>>,
    }
}

record! {
    /// Whether a sidecar logs each request to its API.
    pub struct ApiLogging {
        /// Whether it does; default false.
        "enabled" => enabled: Option<Located<bool>>,
        /// Whether paths are left out, in which names of people may stand; default false.
        "obfuscateUrls" => obfuscate_urls: Option<Located<bool>>,
        /// Whether health checks are left out; default false.
        "omitHealthChecks" => omit_health_checks: Option<Located<bool>>,
    }
}

record! {
    /// Which APIs of a sidecar are open, each by Dapr's name, with its version where that is not v1: `jobs/v1alpha1`.
    pub struct Api {
        /// Only these; default all.
        "allowed" => allowed: Vec<Located<String>>,
        /// All but these.
        "denied" => denied: Vec<Located<String>>,
    }
}
