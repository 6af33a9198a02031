use std::fmt;

use super::{AppId, Broker, ComponentName, Fact, TopicName};
use crate::source::Span;
use crate::spec::{Duration, Setting};

/// A Dapr component with its effective metadata.
#[derive(Debug, Clone)]
pub struct Component {
    /// Its name.
    pub name: ComponentName,
    /// Where it is declared.
    pub at: Span,
    /// Its type and version.
    pub kind: Fact<ComponentType>,
    /// What portolan derives and what the spec says, the spec's word last.
    pub metadata: Vec<MetadataItem>,
    /// The apps that may use it.
    pub scopes: Vec<Fact<AppId>>,
    /// Whether the spec lists the scopes itself.
    pub scopes_at: Option<Span>,
    /// The apps that do use it, and where each says so.
    pub users: Vec<Fact<AppId>>,
    /// The secret store of its references.
    pub secret_store: Fact<String>,
    /// Whether a sidecar starts without it.
    pub ignore_errors: Option<Fact<bool>>,
    /// How long its start may take.
    pub init_timeout: Option<Fact<Duration>>,
    /// The topics that it carries.
    pub carries: Vec<TopicName>,
    /// Those of them that the spec lists itself.
    pub listed: Vec<Fact<TopicName>>,
    /// The broker, where it is Kafka.
    pub broker: Option<Broker>,
    /// The component that this one repeats for one service which sees every event in each replica.
    pub broadcast_of: Option<ComponentName>,
}

/// A component type and its version: `state.postgresql/v2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComponentType {
    /// The type: `state.postgresql`.
    pub name: String,
    /// The version: `v2`.
    pub version: String,
}

impl ComponentType {
    /// The building block: `state`.
    pub fn block(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// Whether it is EventBridge's bus, of which Dapr knows nothing.
    pub fn is_eventbridge(&self) -> bool {
        self.name == "aws.eventbridge"
    }

    /// Whether it is Kafka's pub/sub.
    pub fn is_kafka(&self) -> bool {
        self.name == "pubsub.kafka"
    }
}

impl fmt::Display for ComponentType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.name, self.version)
    }
}

/// One key of a component's metadata.
#[derive(Debug, Clone)]
pub struct MetadataItem {
    /// The key, as the component type names it.
    pub key: String,
    /// Where the spec writes the key; nowhere when portolan derives it.
    pub key_at: Option<Span>,
    /// The value.
    pub value: Fact<Setting>,
}

impl Component {
    /// The effective value of a key, whatever its case.
    pub fn item(&self, key: &str) -> Option<&MetadataItem> {
        self.metadata.iter().find(|item| item.key.eq_ignore_ascii_case(key))
    }

    /// The effective value of a key where it is plain.
    pub fn plain(&self, key: &str) -> Option<&str> {
        match &self.item(key)?.value.value {
            Setting::Plain(text) => Some(text),
            Setting::Secret(_) => None,
        }
    }

    /// The TCP ports that a client of it connects to, as far as they are known.
    pub fn ports(&self) -> Vec<u16> {
        if let Some(broker) = &self.broker {
            return broker.addresses.known().iter().map(|endpoint| endpoint.value.port).collect();
        }
        match self.kind.value.name.as_str() {
            "state.postgresql" | "configuration.postgresql" => vec![5432],
            "state.redis" | "pubsub.redis" | "lock.redis" => vec![self.redis_port().unwrap_or(6379)],
            "bindings.smtp" => vec![587],
            "aws.eventbridge" | "bindings.aws.sqs" | "state.azure.cosmosdb" => vec![443],
            _ => Vec::new(),
        }
    }

    fn redis_port(&self) -> Option<u16> {
        self.plain("redisHost")?.rsplit_once(':')?.1.parse().ok()
    }

    /// The consumer group that is written in the metadata. Dapr reads `consumerGroup`, then `consumerID`.
    pub fn written_group(&self) -> Option<&MetadataItem> {
        self.item("consumerGroup").or_else(|| self.item("consumerID"))
    }
}
