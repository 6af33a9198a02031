//! The spec as it was written: the stack with one environment laid over it.

mod aws;
mod cluster;
mod component;
mod external;
mod monitoring;
mod resiliency;
mod service;
mod topic;

pub use aws::{Architecture, Aws, Code, EventSource, Function, Network, Partition};
pub use cluster::{Cluster, Flavour, Images, Platform, SecretOrigin, SecretSource, Tracing};
pub use component::{Authentication, BrokerList, Component, Provider, Sasl, Strimzi, Tls, TopicOwner};
pub use external::External;
pub use monitoring::Monitoring;
pub use resiliency::{Resiliency, RetryPolicy};
pub use service::{Bulk, Fallback, MetricType, Resources, Run, Scale, Scaler, Schedule, Service, Subscription};
pub use topic::{DeadLetter, Topic};

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
        /// Where traces go.
        "tracing" => tracing: Tracing,
        /// What watches the stack.
        "monitoring" => monitoring: Monitoring,
        /// How failed deliveries, publishes and invocations are repeated.
        "resiliency" => resiliency: Resiliency,
    }
}
