//! The stack with every reference resolved and every default taken. Checks and renderers read nothing else.

mod access;
mod binding;
mod broker;
mod component;
mod external;
mod fact;
mod monitoring;
mod name;
mod name_resolution;
mod resiliency;
mod service;
mod sidecar;
mod stack;
mod subscription;
mod topic;
mod tracing;
mod trigger;

pub use access::{Access, AccessOperation, AccessPolicy};
pub use binding::Binding;
pub use broker::{Addresses, Broker, Credentials, Encryption};
pub use component::{Component, ComponentType, MetadataItem};
use external::port_of;
pub use external::{ClientTls, External, ExternalTarget};
pub use fact::Fact;
pub use monitoring::Monitoring;
pub use name::{AppId, ComponentName, SecretName, ServiceName, TopicName};
pub use name_resolution::NameResolution;
pub use resiliency::{Breaker, ComponentPolicies, Policy, Resiliency, Retry};
pub use service::{Image, Invocation, Job, Publication, Scale, Service};
pub use sidecar::{HealthCheck, LabelRule, Metrics, Sidecar, api_parts};
pub use stack::{Cluster, Dangling, DefaultTaken, Reference, Secret, SecretSource, Stack};
pub use subscription::{RouteRule, Subscription};
pub use topic::Topic;
pub use tracing::{Otlp, Tracing};
pub use trigger::{AuthenticationParameter, Trigger, TriggerKind};
