//! The stack with every reference resolved and every default taken. Checks and renderers read nothing else.

mod behavior;
mod broker;
mod component;
mod fact;
mod job;
mod manifest;
mod monitoring;
mod name;
mod service;
mod stack;
mod subscription;
mod topic;
mod trigger;

pub use behavior::{Behavior, Modifiers, ScalingPolicy, ScalingRules};
pub use broker::{Addresses, Broker, Credentials, Encryption, Strimzi};
pub use component::{Component, ComponentType, MetadataItem};
pub use fact::Fact;
pub use job::JobShape;
pub use manifest::{Manifest, ManifestObject};
pub use monitoring::Monitoring;
pub use name::{AppId, ComponentName, SecretName, ServiceName, TopicName};
pub use service::{Fallback, Image, Invocation, Job, Publication, Scale, Service};
pub use stack::{
    Cluster, Dangling, DefaultTaken, External, ExternalTarget, Reference, Resiliency, RetryPolicy, Secret,
    SecretSource, Stack, Tracing,
};
pub use subscription::{RouteRule, Subscription};
pub use topic::Topic;
pub use trigger::{AuthenticationParameter, PodIdentity, Trigger, TriggerKind};
