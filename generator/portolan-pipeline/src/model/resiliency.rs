use std::collections::BTreeMap;

use super::{Component, ComponentName, Fact, ServiceName};
use crate::source::Span;
use crate::spec::Duration;
use crate::spec::document::Backoff;

/// How what failed is repeated.
#[derive(Debug, Clone)]
pub struct Resiliency {
    /// The policies by name, those that portolan has itself first.
    pub policies: Vec<(Fact<String>, Policy)>,
    /// The policy of invocations, by the service invoked.
    pub apps: BTreeMap<ServiceName, Fact<String>>,
    /// The policies of a component's sides.
    pub components: BTreeMap<ComponentName, ComponentPolicies>,
}

/// Time-out, retries and circuit breaker, as far as the policy has them.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How long one try may take.
    pub timeout: Option<Fact<Duration>>,
    /// How it is repeated.
    pub retry: Option<Retry>,
    /// When no more is tried for a while.
    pub breaker: Option<Breaker>,
}

/// How something is repeated.
#[derive(Debug, Clone)]
pub struct Retry {
    /// How the wait grows.
    pub backoff: Fact<Backoff>,
    /// How often.
    pub max_retries: Fact<u32>,
    /// The wait that stays.
    pub duration: Option<Fact<Duration>>,
    /// The longest wait.
    pub max_interval: Option<Fact<Duration>>,
    /// The HTTP status codes that are repeated.
    pub http_codes: Option<Fact<String>>,
    /// The gRPC status codes that are repeated.
    pub grpc_codes: Option<Fact<String>>,
}

/// When no more is tried for a while.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// What opens it.
    pub trip: Fact<String>,
    /// How long it stays open.
    pub timeout: Fact<Duration>,
    /// How long failures are counted.
    pub interval: Fact<Duration>,
    /// How many requests pass while it is half open.
    pub max_requests: Fact<u32>,
}

/// The policies of a component's sides.
#[derive(Debug, Clone)]
pub struct ComponentPolicies {
    /// Where the spec says so.
    pub at: Span,
    /// From the component to the app.
    pub inbound: Option<Fact<String>>,
    /// From the app to the component.
    pub outbound: Option<Fact<String>>,
}

impl Resiliency {
    /// The policy by which events of a component are delivered, where it exists.
    pub fn delivery(&self, component: &Component) -> Option<&Policy> {
        self.policy(
            self.sides(component).and_then(|sides| sides.inbound.as_ref()).map_or("deliver", |name| &name.value),
        )
    }

    /// What the spec says of a component's sides; a copy for broadcast follows its original.
    pub fn sides(&self, component: &Component) -> Option<&ComponentPolicies> {
        self.components.get(component.broadcast_of.as_ref().unwrap_or(&component.name))
    }

    /// A policy by name.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|(known, _)| known.value == name).map(|(_, policy)| policy)
    }
}
