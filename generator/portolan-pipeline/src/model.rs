//! The stack with every reference resolved and every default taken. Checks and renderers read nothing else.

mod aws;
mod broker;
mod component;
mod fact;
mod function;
mod monitoring;
mod name;
mod service;
mod stack;
mod subscription;
mod topic;
mod trigger;

pub use aws::{Aws, Network};
pub use broker::{Addresses, Broker, Credentials, Encryption, EventSource};
pub use component::{Component, ComponentType, MetadataItem};
pub use fact::Fact;
pub use function::{Code, Function};
pub use monitoring::Monitoring;
pub use name::{AppId, ComponentName, SecretName, ServiceName, TopicName};
pub use service::{Image, Invocation, Job, Publication, Scale, Service};
pub use stack::{
    Cluster, Dangling, DefaultTaken, External, ExternalTarget, Reference, Resiliency, RetryPolicy, Secret,
    SecretSource, Stack, Tracing,
};
pub use subscription::{RouteRule, Subscription};
pub use topic::Topic;
pub use trigger::{AuthenticationParameter, Trigger, TriggerKind};
