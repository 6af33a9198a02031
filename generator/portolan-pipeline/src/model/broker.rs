use super::Fact;
use crate::spec::document::{Provider, Sasl, StrimziApi, TopicOwner};
use crate::spec::{Arn, Duration, Endpoint, SecretKey, Setting};

/// The Kafka broker behind a pub/sub component: one credential, from which every dialect is rendered.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Who runs it.
    pub provider: Fact<Provider>,
    /// Where it listens.
    pub addresses: Addresses,
    /// How clients prove who they are.
    pub credentials: Option<Credentials>,
    /// Whether the connection is encrypted.
    pub encryption: Fact<Encryption>,
    /// Replicas of each partition.
    pub replication: Fact<u16>,
    /// Who makes topics, users and ACLs.
    pub owner: Fact<TopicOwner>,
    /// Strimzi's cluster, where it runs the broker.
    pub strimzi: Option<Strimzi>,
    /// How Lambda reads it.
    pub event_source: EventSource,
}

/// The Kafka cluster that Strimzi runs.
#[derive(Debug, Clone)]
pub struct Strimzi {
    /// The name of the Kafka resource.
    pub cluster: Fact<String>,
    /// Its namespace.
    pub namespace: Fact<String>,
    /// The version of `KafkaTopic` and `KafkaUser` that its operator reads.
    pub api: Fact<StrimziApi>,
}

/// How Lambda reads a broker for functions.
#[derive(Debug, Clone)]
pub struct EventSource {
    /// The MSK cluster; without it the broker is reached at its addresses.
    pub cluster: Option<Fact<Arn>>,
    /// The secret with `username` and `password`.
    pub credentials: Option<Fact<Arn>>,
    /// The secret with the authority's `certificate`.
    pub authority: Option<Fact<Arn>>,
    /// At most so many records in one batch.
    pub batch_size: Fact<u32>,
    /// How long a batch waits for more.
    pub batch_window: Option<Fact<Duration>>,
}

/// Where a broker listens.
#[derive(Debug, Clone)]
pub enum Addresses {
    /// At these addresses.
    Listed(Vec<Fact<Endpoint>>),
    /// At those in a secret, which are expected to be these.
    Secret {
        /// The key.
        key: Fact<SecretKey>,
        /// What is expected in it.
        expect: Vec<Fact<Endpoint>>,
    },
}

impl Addresses {
    /// The addresses as Kafka's clients take them, parted by commas, or where they lie.
    pub fn setting(&self) -> Fact<Setting> {
        match self {
            Self::Secret { key, .. } => key.clone().map(Setting::Secret),
            Self::Listed(endpoints) => {
                let list: Vec<String> = endpoints.iter().map(|endpoint| endpoint.value.to_string()).collect();
                let at = endpoints.first().and_then(|endpoint| endpoint.at);
                Fact { value: Setting::Plain(list.join(",")), at }
            }
        }
    }

    /// Which broker it is: two components are at one when they say so in the same words.
    pub fn broker(&self) -> String {
        match self.setting().value {
            Setting::Plain(list) => list,
            Setting::Secret(key) => format!("{{ secret: {key} }}"),
        }
    }

    /// The addresses that are known without the secret.
    pub fn known(&self) -> &[Fact<Endpoint>] {
        match self {
            Self::Listed(endpoints) | Self::Secret { expect: endpoints, .. } => endpoints,
        }
    }
}

/// A user of the broker, by reference.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user's name in plain, where Strimzi makes the user.
    pub user: Option<Fact<String>>,
    /// The mechanism.
    pub sasl: Fact<Sasl>,
    /// The user's name.
    pub username: Fact<SecretKey>,
    /// The password.
    pub password: Fact<SecretKey>,
    /// The key that also holds the mechanism's name.
    pub mechanism: Option<Fact<SecretKey>>,
}

/// Encryption of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// None.
    Off,
    /// TLS, with an authority of one's own where there is one.
    Tls {
        /// The authority's certificate.
        ca: Option<SecretKey>,
    },
}

impl Encryption {
    /// Whether it is TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Tls { .. })
    }
}
