use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::aws::EventSource;
use crate::finding::Findings;
use crate::spec::decode::{Decode, Entries, Located, entries_of, record, unknown_field, words, wrong_type};
use crate::spec::duration::Duration;
use crate::spec::endpoint::Endpoint;
use crate::spec::node::{Kind, Node, Style};
use crate::spec::secret_reference::{SecretKey, SecretReference};
use crate::spec::setting::Setting;

record! {
    /// A Dapr component. What portolan knows of it follows from the graph; `metadata` may override any of it.
    pub struct Component {
        /// The component type, with its version where it is not v1: `state.postgresql/v2`.
        "type" => kind: Option<Located<String>>,
        /// Metadata as the component type names it.
        "metadata" => metadata: Entries<Located<Setting>>,
        /// The topics that a pub/sub component carries; default every topic, when it is the only pub/sub.
        "carries" => carries: Vec<Located<String>>,
        /// The services that may use it; default those that do.
        "scopes" => scopes: Option<Vec<Located<String>>>,
        /// The secret store that its references are read from; default `kubernetes`.
        "secretStore" => secret_store: Option<Located<String>>,
        /// Whether a sidecar starts although this component does not; default false.
        "ignoreErrors" => ignore_errors: Option<Located<bool>>,
        /// How long its start may take.
        "initTimeout" => init_timeout: Option<Located<Duration>>,
        /// Who runs the broker.
        "provider" => provider: Option<Located<Provider>>,
        /// The Strimzi cluster, where the provider is strimzi.
        "strimzi" => strimzi: Strimzi,
        /// The broker's addresses.
        "brokers" => brokers: Option<Located<BrokerList>>,
        /// How clients prove who they are; default not at all.
        "auth" => auth: Option<Authentication>,
        /// Whether the connection is encrypted; default true with `auth`, false without.
        "tls" => tls: Option<Located<Tls>>,
        /// Replicas of each partition; default 3.
        "replication" => replication: Option<Located<u16>>,
        /// Who owns topics, users and ACLs: exactly one; default strimzi with that provider, else portolan.
        "topics" => topics: Option<Located<TopicOwner>>,
        /// How Lambda reads this broker.
        "eventSource" => event_source: EventSource,
    }
}

words! {
    /// Who runs a Kafka broker.
    pub enum Provider {
        /// The Strimzi operator, in the cluster.
        Strimzi = "strimzi",
        /// Redpanda.
        Redpanda = "redpanda",
        /// Confluent Cloud.
        Confluent = "confluent",
        /// Amazon MSK.
        Msk = "msk",
        /// Anything else that speaks Kafka.
        Kafka = "kafka",
    }
}

words! {
    /// Who makes topics, users and ACLs.
    pub enum TopicOwner {
        /// portolan, over Kafka's admin API.
        Portolan = "portolan",
        /// The Strimzi operator, from KafkaTopic and KafkaUser.
        Strimzi = "strimzi",
        /// Somebody else; portolan only compares.
        External = "external",
    }
}

words! {
    /// A SASL mechanism, in the names that Kafka uses.
    pub enum Sasl {
        /// PLAIN; right over TLS where the provider has nothing else.
        Plain = "plain",
        /// SCRAM-SHA-256.
        ScramSha256 = "scram-sha-256",
        /// SCRAM-SHA-512.
        ScramSha512 = "scram-sha-512",
    }
}

record! {
    /// The Kafka cluster that Strimzi runs.
    pub struct Strimzi {
        /// The name of the Kafka resource.
        "cluster" => cluster: Option<Located<String>>,
        /// Its namespace; KafkaTopic and KafkaUser go there.
        "namespace" => namespace: Option<Located<String>>,
        /// The version of KafkaTopic and KafkaUser that its operator reads; default v1.
        "api" => api: Option<Located<StrimziApi>>,
    }
}

words! {
    /// The version of Strimzi's resources.
    pub enum StrimziApi {
        /// From Strimzi 0.49 on, and the only one from 1.0 on.
        V1 = "v1",
        /// Up to Strimzi 0.51.
        V1Beta2 = "v1beta2",
    }
}

record! {
    /// Credentials by reference.
    pub struct Authentication {
        /// The mechanism.
        "sasl" => sasl: Option<Located<Sasl>>,
        /// The user's name in plain, where Strimzi makes the user: a KafkaUser is called after it.
        "user" => user: Option<Located<String>>,
        /// The user's name.
        "username" => username: Option<Located<SecretReference>>,
        /// The password.
        "password" => password: Option<Located<SecretReference>>,
        /// The key that also holds the mechanism's name, where a secret has one; `sasl` is what counts.
        "mechanism" => mechanism: Option<Located<SecretReference>>,
    }
}

/// Where the broker's addresses stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokerList {
    /// Here.
    Listed(Vec<Located<Endpoint>>),
    /// In a secret; `expect` is what it should hold, for network policies and for portolan's own client.
    Secret {
        /// The key.
        key: SecretKey,
        /// The addresses that are expected in it.
        expect: Vec<Located<Endpoint>>,
    },
}

impl Decode for BrokerList {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        let Kind::Map(_) = node.kind else { return Vec::decode(node, findings).map(Self::Listed) };
        let (mut secret, mut expect) = (None, Vec::new());
        for (key, value) in entries_of(node, findings)? {
            match key.text.as_str() {
                "secret" => secret = SecretKey::decode(value, findings),
                "expect" => expect = Vec::decode(value, findings).unwrap_or_default(),
                _ => unknown_field(key, &["secret", "expect"], findings),
            }
        }
        secret.map(|key| Self::Secret { key, expect })
    }
}

impl JsonSchema for BrokerList {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BrokerList".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let endpoints = generator.subschema_for::<Vec<Endpoint>>();
        let key = generator.subschema_for::<SecretKey>();
        json_schema!({
            "description": "A list of host:port, or the key of a secret with the addresses that are expected in it.",
            "anyOf": [endpoints, {
                "type": "object",
                "properties": { "secret": key, "expect": endpoints },
                "required": ["secret"],
                "additionalProperties": false,
            }],
        })
    }
}

/// Encryption of the connection to the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// None.
    Off,
    /// With the system's authorities, or with one of our own.
    On {
        /// The certificate of an authority of our own.
        ca: Option<SecretKey>,
    },
}

impl Decode for Tls {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match &node.kind {
            Kind::Scalar { style: Style::Bool, .. } => {
                bool::decode(node, findings).map(|on| if on { Self::On { ca: None } } else { Self::Off })
            }
            Kind::Map(entries) => {
                let mut ca = None;
                for (key, value) in entries {
                    match key.text.as_str() {
                        "ca" => ca = SecretReference::decode(value, findings).map(|reference| reference.0),
                        _ => unknown_field(key, &["ca"], findings),
                    }
                }
                Some(Self::On { ca })
            }
            _ => wrong_type(node, "true, false or { ca: { secret: NAME/KEY } }", findings),
        }
    }
}

impl JsonSchema for Tls {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tls".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let reference = generator.subschema_for::<SecretReference>();
        json_schema!({
            "description": "true, false, or an authority of one's own.",
            "anyOf": [{ "type": "boolean" }, {
                "type": "object",
                "properties": { "ca": reference },
                "additionalProperties": false,
            }],
        })
    }
}
