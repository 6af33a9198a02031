//! The subject as a Kafka consumer.

use std::process::Command;

use crate::features::{Counted, Features, LATE, LETTERS, Paced, Waits};
use crate::world::{LARGEST, Parts, Transport};

/// The subject consumes by itself.
pub(crate) struct Kafka;

impl Transport for Kafka {
    const FEATURES: Features = Features {
        waits: Waits::Key,
        paced: Paced::Runtime,
        reason: true,
        numbers: true,
        counted: Counted::Asked,
        late: LATE,
        letters: LETTERS,
    };

    fn prepare(_: &Parts) -> Self {
        Self
    }

    fn tell(&self, subject: &mut Command, parts: &Parts) {
        subject.env("PORTOLAN_TRANSPORT", "kafka");
        subject.env("KAFKA_BROKERS", parts.kafka.brokers()).env("KAFKA_GROUP", "subject").env("KAFKA_TOPICS", "work");
        subject.env("PORTOLAN_INVOKE", format!("other=http://127.0.0.1:{}", parts.other.port()));
        subject.env("KAFKA_SESSION_TIMEOUT_MS", "6000").env("KAFKA_MAX_MESSAGE", LARGEST.to_string());
    }
}
