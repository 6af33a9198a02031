//! The spec as it was written: the stack with one environment laid over it.

mod access;
mod aws;
mod behavior;
mod binding;
mod cluster;
mod component;
mod external;
mod invoked;
mod job;
mod middleware;
mod monitoring;
mod name_resolution;
mod pod_identity;
mod resiliency;
mod service;
mod sidecar;
mod topic;
mod tracing;
mod workflow;

pub use access::{Access, Action, Caller, Operation};
pub use aws::{Architecture, Aws, Code, EventSource, Function, Network, Partition};
pub use behavior::{
    Behavior, FallbackBehavior, ModifierMetric, Modifiers, PolicyKind, ScalingPolicy, ScalingRules, SelectPolicy,
};
pub use binding::{Binding, Side};
pub use cluster::{Cluster, Flavour, Images, Platform, SecretOrigin, SecretSource};
pub use component::{Authentication, BrokerList, Component, Provider, Sasl, Strimzi, StrimziApi, Tls, TopicOwner};
pub use external::{ClientTls, External, Renegotiation};
pub use invoked::Invoked;
pub use job::{Calculation, Job, PropagationPolicy, Rollout, RolloutStrategy, ScalingStrategy, StrategyKind, Workload};
pub use middleware::Middleware;
pub use monitoring::Monitoring;
pub use name_resolution::NameResolution;
pub use pod_identity::{IdentityOwner, IdentityProvider, PodIdentity};
pub use resiliency::{Backoff, Breaker, ComponentPolicies, Policy, Resiliency};
pub use service::{Bulk, Fallback, MetricType, Resources, Run, Scale, Scaler, Schedule, Service, Subscription};
pub use sidecar::{Api, ApiLogging, HealthCheck, LogLevel, Metrics, Protocol, Sidecar};
pub use topic::{DeadLetter, Topic};
pub use tracing::{OtlpProtocol, Tracing};
pub use workflow::Workflow;

use super::decode::{Entries, Located, record};

record! {
    /// A stack, or an environment that is laid over it: both are written in this one language.
    pub struct Document {
        /// The version of this language: v1.
        "portolan" => version: Option<Located<String>>,
        /// The stack's name, a DNS label.
        "stack" => stack: Option<Located<String>>,
        /// The environment's name; stands in the environment's own file.
        "environment" => environment: Option<Located<String>>,
        /// Kafka topics by name.
        "topics" => topics: Entries<Topic>,
        /// Secrets by name, each with the keys it holds; never a value.
        "secrets" => secrets: Entries<Vec<Located<String>>>,
        /// Dapr components by name.
        "components" => components: Entries<Component>,
        /// Services by name.
        "services" => services: Entries<Service>,
        /// Services that are not deployed from here, by the name they are invoked under.
        "external" => external: Entries<External>,
        /// Where the stack runs.
        "cluster" => cluster: Cluster,
        /// Versions and shape of what the stack runs on.
        "platform" => platform: Platform,
        /// Where the values of secrets come from.
        "secretSource" => secret_source: SecretSource,
        /// The AWS account that it uses.
        "aws" => aws: Option<Aws>,
        /// Where images come from.
        "images" => images: Images,
        /// How sidecars find each other.
        "nameResolution" => name_resolution: NameResolution,
        /// How sidecars run.
        "sidecar" => sidecar: Sidecar,
        /// Where traces go.
        "tracing" => tracing: Tracing,
        /// Manifests of one's own by name, each a file: YAML, or a template where its path ends with `.tera`.
        "manifests" => manifests: Entries<Option<Located<String>>>,
        /// What watches the stack.
        "monitoring" => monitoring: Monitoring,
        /// How failed deliveries, publishes and invocations are repeated.
        "resiliency" => resiliency: Resiliency,
        /// Findings that are meant to stay: by code and path in the spec, each with its reason.
        "accept" => accept: Entries<Entries<Option<Located<String>>>>,
    }
}
