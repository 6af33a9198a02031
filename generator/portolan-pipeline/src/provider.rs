//! What the one who runs a broker takes, where that is less than Kafka does.

use crate::spec::document::{Provider, Sasl};

/// The largest request that Dapr's Kafka client sends and the largest answer that it reads (IBM/sarama 1.48, `MaxRequestSize`).
const LARGEST_REQUEST: u32 = 100 * 1024 * 1024;
const MIB: u32 = 1024 * 1024;

impl Provider {
    /// The mechanisms of its users, the usual one first; nothing where it takes all that Kafka does.
    pub fn mechanisms(self) -> Option<&'static [Sasl]> {
        match self {
            // PLAIN is how a Strimzi listener takes a token of OAuth as a password.
            Self::Strimzi => Some(&[Sasl::ScramSha512, Sasl::Plain]),
            Self::Confluent => Some(&[Sasl::Plain]),
            Self::Msk => Some(&[Sasl::ScramSha512]),
            Self::Redpanda | Self::Kafka => None,
        }
    }

    /// The mechanism where none is written.
    pub fn usual_sasl(self) -> Option<Sasl> {
        match self {
            Self::Redpanda => Some(Sasl::ScramSha256),
            _ => self.mechanisms().and_then(|mechanisms| mechanisms.first().copied()),
        }
    }

    /// Why it would not make a topic with so many replicas.
    pub fn refuses_replication(self, replicas: u16) -> Option<&'static str> {
        match self {
            Self::Confluent if replicas != 3 => Some("keeps three replicas of every topic"),
            Self::Redpanda if replicas.is_multiple_of(2) => Some("takes an odd number of replicas only"),
            _ => None,
        }
    }

    /// The largest record, and whose limit that is.
    pub fn largest_record(self) -> (u32, &'static str) {
        match self {
            Self::Confluent => (20 * MIB, "Confluent Cloud on a dedicated cluster"),
            Self::Strimzi | Self::Redpanda | Self::Msk | Self::Kafka => (LARGEST_REQUEST, "Dapr's Kafka client"),
        }
    }

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Strimzi => "Strimzi",
            Self::Redpanda => "Redpanda",
            Self::Confluent => "Confluent Cloud",
            Self::Msk => "Amazon MSK",
            Self::Kafka => "Kafka",
        }
    }
}
