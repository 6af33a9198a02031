use super::{ComponentName, Fact, TopicName};
use crate::source::Span;
use crate::spec::{Percent, SecretKey};

/// What KEDA counts the replicas by, with its effective metadata.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// What is counted.
    pub kind: TriggerKind,
    /// Metadata in KEDA's own keys: what portolan derives and what the spec says, the spec's word last.
    pub metadata: Vec<(String, Fact<String>)>,
    /// What the TriggerAuthentication takes from secrets.
    pub authentication: Vec<AuthenticationParameter>,
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
    /// The use of CPU.
    Cpu(Fact<Percent>),
}

/// One parameter of a TriggerAuthentication.
#[derive(Debug, Clone)]
pub struct AuthenticationParameter {
    /// KEDA's name for it.
    pub parameter: &'static str,
    /// Where the value lies.
    pub key: Fact<SecretKey>,
}

impl Trigger {
    /// KEDA's name of the scaler.
    pub fn scaler(&self) -> &'static str {
        match self.kind {
            TriggerKind::KafkaLag { .. } => "kafka",
            TriggerKind::Cpu(_) => "cpu",
        }
    }

    /// The effective value of a key.
    pub fn value(&self, key: &str) -> Option<&Fact<String>> {
        self.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}
