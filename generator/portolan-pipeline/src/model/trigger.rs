use super::{ComponentName, Fact, TopicName};
use crate::source::Span;
use crate::spec::SecretKey;
use crate::spec::document::{IdentityOwner, IdentityProvider, MetricType};

/// What KEDA counts the replicas by, with its effective metadata.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// What is counted.
    pub kind: TriggerKind,
    /// Its name among the triggers of the service.
    pub name: Option<Fact<String>>,
    /// Metadata in KEDA's own keys: what portolan derives and what the spec says, the spec's word last.
    pub metadata: Vec<(String, Fact<String>)>,
    /// What the TriggerAuthentication takes from secrets.
    pub authentication: Vec<AuthenticationParameter>,
    /// How KEDA proves who it is, without a secret.
    pub pod_identity: Option<PodIdentity>,
    /// How the HPA reads the value.
    pub metric_type: Option<Fact<MetricType>>,
}

/// How KEDA proves who it is, without a secret.
#[derive(Debug, Clone)]
pub struct PodIdentity {
    /// Whose identities these are.
    pub provider: Fact<IdentityProvider>,
    /// Whose identity counts.
    pub owner: Option<Fact<IdentityOwner>>,
    /// What else is said, in KEDA's own keys.
    pub parameters: Vec<(&'static str, Fact<String>)>,
}

/// What a trigger counts.
#[derive(Debug, Clone)]
pub enum TriggerKind {
    /// Events that wait in a topic.
    KafkaLag {
        /// The topic.
        topic: TopicName,
        /// The component that carries it.
        component: ComponentName,
        /// Where the lag is written.
        at: Span,
    },
    /// The use of CPU or memory, which a service that does not run has none of.
    Resource(&'static str),
    /// Whatever one of KEDA's scalers counts.
    Scaler(Fact<String>),
}

/// One parameter of a TriggerAuthentication.
#[derive(Debug, Clone)]
pub struct AuthenticationParameter {
    /// KEDA's name for it.
    pub parameter: String,
    /// Where the value lies.
    pub key: Fact<SecretKey>,
}

impl Trigger {
    /// KEDA's name of the scaler.
    pub fn scaler(&self) -> &str {
        match &self.kind {
            TriggerKind::KafkaLag { .. } => "kafka",
            TriggerKind::Resource(resource) => resource,
            TriggerKind::Scaler(kind) => &kind.value,
        }
    }

    /// Whether it can start the first replica.
    pub fn wakes(&self) -> bool {
        !matches!(self.kind, TriggerKind::Resource(_))
    }

    /// The effective value of a key.
    pub fn value(&self, key: &str) -> Option<&Fact<String>> {
        self.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}
