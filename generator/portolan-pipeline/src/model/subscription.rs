use super::{ComponentName, Fact, TopicName};
use crate::source::Span;
use crate::spec::Duration;
use crate::spec::contract::Delivery;

/// A service's subscription to one topic.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The topic.
    pub topic: TopicName,
    /// Where the service says so.
    pub at: Span,
    /// The component that carries the topic to this service.
    pub component: ComponentName,
    /// The path of events for which no rule stands.
    pub route: Fact<String>,
    /// Paths for single event types.
    pub rules: Vec<RouteRule>,
    /// The event types that the handler acts on; empty: all.
    pub types: Vec<String>,
    /// The routes that the contract serves for this topic; none where the service has no contract.
    pub served: Option<Vec<Fact<String>>>,
    /// The consumer group.
    pub group: Fact<String>,
    /// Whether the replicas share the events.
    pub delivery: Fact<Delivery>,
    /// Metadata of the subscription.
    pub metadata: Vec<(String, Fact<String>)>,
    /// Several events in one request: at most so many, and the longest wait for them.
    pub bulk: Option<(Fact<u32>, Fact<Duration>)>,
}

/// A path for some events.
#[derive(Debug, Clone)]
pub struct RouteRule {
    /// The event types.
    pub types: Vec<Fact<String>>,
    /// The events, in Dapr's expression.
    pub condition: Option<Fact<String>>,
    /// The path.
    pub route: Fact<String>,
}
