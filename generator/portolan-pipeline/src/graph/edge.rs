use serde::Serialize;

use super::node::NodeId;

/// What one node has to do with another. It points the way that events, calls and answers go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    /// Who does it.
    pub from: NodeId,
    /// With whom.
    pub to: NodeId,
    /// What it is.
    #[serde(flatten)]
    pub relation: Relation,
}

/// What one node does with another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "relation", rename_all = "camelCase")]
pub enum Relation {
    /// A service publishes to a topic.
    Publishes {
        /// The component that carries the topic.
        component: String,
    },
    /// A topic's events are delivered to a subscriber.
    Delivers {
        /// The component that carries the topic to it.
        component: String,
        /// The consumer group.
        group: String,
        /// Whether the replicas share the events: `shared` or `broadcast`.
        delivery: &'static str,
        /// Where each event arrives; the last one takes all that the others do not.
        routes: Vec<Route>,
        /// The event types that the handler acts on; empty: all.
        types: Vec<String>,
        /// So many events that wait ask for one more replica.
        lag: Option<String>,
    },
    /// What cannot be handled goes from a topic to its dead-letter topic.
    DeadLetters,
    /// A service invokes another.
    Invokes {
        /// The method; any where the contract says none.
        method: Option<String>,
        /// The HTTP verbs; empty: any.
        verbs: Vec<String>,
    },
    /// A service uses a component, beside the one that carries its topics.
    Uses,
    /// A binding's events are posted to a service.
    Triggers {
        /// Where each event arrives.
        route: String,
    },
    /// A service follows what changes in a configuration store.
    Follows {
        /// The keys; empty: all.
        keys: Vec<String>,
    },
    /// A service or a component reads a secret.
    Reads {
        /// The keys.
        keys: Vec<String>,
    },
}

/// The path at which events arrive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Route {
    /// The path.
    pub path: String,
    /// The event types that a rule sends there; empty: the others.
    pub types: Vec<String>,
    /// The expression by which a rule sends there instead of by type.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}
