//! The broker, and how it is talked to.

use std::time::Duration;

use rdkafka::ClientConfig;

use crate::environment::{Environment, Problems};

/// What a consumer is told, in librdkafka's words. docs/decisions/0012 names the variables.
#[derive(Clone, Debug)]
pub struct KafkaConfig {
    client: ClientConfig,
    /// The topics.
    pub topics: Vec<String>,
    /// The consumer group.
    pub group: String,
    session: Option<Duration>,
    /// The largest record, in bytes.
    largest: Option<u64>,
}

const PROTOCOLS: [&str; 4] = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];
const MECHANISMS: [&str; 3] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

impl KafkaConfig {
    /// Reads the environment; every problem is told, not the first one only.
    pub fn read(environment: &Environment, problems: &mut Problems) -> Self {
        // A group of each pod's own: the pod's name is known here only.
        let pod = environment.optional("HOSTNAME").unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let group = environment.required("KAFKA_GROUP", problems).replace("{podName}", &pod);
        let group = group.replace("{uuid}", &uuid::Uuid::new_v4().to_string());
        let topics = environment.required("KAFKA_TOPICS", problems);
        let topics = topics.split(',').map(str::trim).filter(|topic| !topic.is_empty()).map(str::to_owned).collect();
        let session = environment.number("KAFKA_SESSION_TIMEOUT_MS", problems).map(Duration::from_millis);
        Self { topics, group, session, ..Self::of_producer(environment, problems) }
    }

    /// Of one that publishes and consumes nothing.
    pub(crate) fn of_producer(environment: &Environment, problems: &mut Problems) -> Self {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", environment.required("KAFKA_BROKERS", problems));
        let protocol = environment.one_of("KAFKA_SECURITY_PROTOCOL", &PROTOCOLS, "PLAINTEXT", problems);
        client.set("security.protocol", &protocol);
        if protocol.starts_with("SASL") {
            let mechanism = environment.one_of("KAFKA_SASL_MECHANISM", &MECHANISMS, "", problems);
            client.set("sasl.mechanism", mechanism);
            client.set("sasl.username", environment.required("KAFKA_USERNAME", problems));
            client.set("sasl.password", environment.required("KAFKA_PASSWORD", problems));
        }
        if let Some(authority) = environment.optional("KAFKA_CA") {
            client.set("ssl.ca.pem", authority);
        }
        let largest = environment.number("KAFKA_MAX_MESSAGE", problems);
        Self { client, topics: Vec::new(), group: String::new(), session: None, largest }
    }

    /// For the consumer. Offsets are committed by us, after the transaction that holds what follows from the event.
    pub(super) fn consumer(&self, from_newest: bool) -> ClientConfig {
        let mut config = self.client.clone();
        config
            .set("group.id", &self.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", if from_newest { "latest" } else { "earliest" })
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("max.poll.interval.ms", "300000")
            .set("queued.max.messages.kbytes", "16384")
            .set("fetch.wait.max.ms", "50");
        if let Some(largest) = self.largest {
            config.set("fetch.message.max.bytes", largest.to_string());
        }
        if let Some(session) = self.session {
            config.set("session.timeout.ms", session.as_millis().to_string());
            config.set("heartbeat.interval.ms", (session / 3).as_millis().to_string());
        }
        config
    }

    /// For the producer: nothing is given up by time, so that no later message of a key overtakes an earlier one.
    pub(super) fn producer(&self) -> ClientConfig {
        let mut config = self.client.clone();
        config
            .set("enable.idempotence", "true")
            .set("enable.gapless.guarantee", "true")
            .set("acks", "all")
            .set("message.timeout.ms", "0")
            .set("linger.ms", "5")
            .set("compression.type", "lz4");
        if let Some(largest) = self.largest {
            config.set("message.max.bytes", largest.to_string());
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(largest: &str) -> KafkaConfig {
        let environment = Environment::from([
            ("KAFKA_BROKERS", "broker:9092"),
            ("KAFKA_GROUP", "clerk"),
            ("KAFKA_TOPICS", "tasks"),
            ("KAFKA_MAX_MESSAGE", largest),
        ]);
        let mut problems = Problems::default();
        let config = KafkaConfig::read(&environment, &mut problems);
        problems.into_result().unwrap();
        config
    }

    #[test]
    fn the_largest_record_is_produced_and_fetched() {
        let told = config("8388608");
        assert_eq!(told.producer().get("message.max.bytes"), Some("8388608"));
        assert_eq!(told.consumer(false).get("fetch.message.max.bytes"), Some("8388608"));
        assert_eq!(config("").producer().get("message.max.bytes"), None);
    }
}
