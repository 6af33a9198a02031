//! What the tests of dead letters share: a small stack, a broker of its own, letters in it, and what leaves for its topics.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use portolan_parts::Scratch;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Header, Headers as _, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Message as _, Offset, TopicPartitionList};
use serde_json::{Value, json};

const STACK: &str = "\
portolan: v1
stack: harbour
topics: { tasks: { partitions: 6 } }
secrets: { kafka-secrets: [KAFKA_BROKERS, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CA] }
components: { bus: { type: pubsub.kafka } }
services:
  pilot: { run: kafka, image: \"registry.example.com/pilot:1\", subscribes: { tasks: { route: /tasks } } }
";
const CLUSTER: &str = "cluster: { flavour: minikube, namespace: harbour, dapr: \"1.18\", keda: \"2.21\" }";
const OPEN: &str = "components: { bus: { provider: kafka, brokers: [\"BROKERS\"] } }";
const SECURED: &str = "\
components:
  bus:
    provider: kafka
    brokers: { secret: kafka-secrets/KAFKA_BROKERS, expect: [\"broker.example.com:9092\"] }
    auth:
      sasl: scram-sha-512
      username: { secret: kafka-secrets/KAFKA_USERNAME }
      password: { secret: kafka-secrets/KAFKA_PASSWORD }
    tls: { ca: { secret: kafka-secrets/KAFKA_CA } }
";
const SOON: Duration = Duration::from_secs(20);

/// What the runtime says of a letter.
pub(crate) const TOLD: [(&str, &str); 4] = [
    ("portolan-topic", "tasks"),
    ("portolan-handler", "pilot"),
    ("portolan-reason", "the database refuses it: SQLSTATE 22001"),
    ("portolan-attempts", "10"),
];
/// What nobody sees who has not asked for it.
pub(crate) const PERSONAL: &str = "Ada Lovelace, 12 St James's Square";

/// An event in the JSON format.
pub(crate) fn event(id: &str) -> String {
    let event = json!({
        "specversion": "1.0", "id": id, "source": "suite", "type": "task.created", "partitionkey": "k-7",
        "data": { "n": 9_007_199_254_740_993_u64, "who": PERSONAL },
    });
    event.to_string()
}

/// The runtime's own, a sidecar's, and bytes that are no event.
pub(crate) fn three_letters(broker: &Broker) -> Result<()> {
    let own = event("e-own");
    broker.write(
        "tasks.dlq",
        &Written {
            partition: Some(0),
            key: Some("k-7"),
            payload: own.as_bytes(),
            headers: &TOLD,
            ..Written::default()
        },
    )?;
    let sidecar = event("e-sidecar");
    broker.write("tasks.dlq", &Written { partition: Some(0), payload: sidecar.as_bytes(), ..Written::default() })?;
    broker.write("tasks.dlq", &Written { partition: Some(1), payload: b"\xff\x00 no event", ..Written::default() })
}

/// A project with one environment for a broker that anybody may use, and one for a broker with users.
pub(crate) fn harbour(brokers: &str) -> Result<Scratch> {
    let project = Scratch::new("letters")?;
    fs::create_dir_all(project.join("infra/environments"))?;
    project.write("infra/stack.yaml", STACK)?;
    for (name, components) in [("open", OPEN.replace("BROKERS", brokers)), ("secured", SECURED.to_owned())] {
        let text = format!("portolan: v1\nenvironment: {name}\n{CLUSTER}\n{components}\n");
        project.write(&format!("infra/environments/{name}.yaml"), text)?;
    }
    Ok(project)
}

/// Runs `portolan dlq …` without a terminal, and with nothing of the tester's environment in it.
pub(crate) fn dlq(project: &Scratch, words: &[&str], variables: &[(&str, &str)]) -> Result<Output> {
    Ok(program(project, words).envs(variables.iter().copied()).output()?)
}

/// The same, not yet started.
pub(crate) fn program(project: &Scratch, words: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_portolan"));
    program.arg("dlq").args(words).current_dir(project.path()).stdin(Stdio::null());
    for name in ["KAFKA_BROKERS", "KAFKA_USERNAME", "KAFKA_PASSWORD", "KAFKA_CA"] {
        program.env_remove(name);
    }
    program
}

/// Runs it, and it has to end with a code; what it said on standard output.
pub(crate) fn ends(project: &Scratch, words: &[&str], code: i32) -> Result<String> {
    let output = dlq(project, words, &[])?;
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.code() == Some(code), "dlq {words:?}: {}\n{said}{told}", output.status);
    ensure!(!told.contains("bug"), "dlq {words:?}: {told}");
    Ok(if code == 0 { said.into_owned() } else { told.into_owned() })
}

/// The lines of a list, as values.
pub(crate) fn lines(listed: &str) -> Result<Vec<Value>> {
    listed.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

/// What the test itself does at the broker.
pub(crate) struct Broker {
    config: ClientConfig,
    producer: BaseProducer,
}

/// A message to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written<'a> {
    pub(crate) partition: Option<i32>,
    pub(crate) key: Option<&'a str>,
    pub(crate) payload: &'a [u8],
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) timestamp: Option<i64>,
}

impl Broker {
    pub(crate) fn at(brokers: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("linger.ms", "0");
        for (name, value) in settings {
            config.set(*name, *value);
        }
        let producer = config.create()?;
        Ok(Self { config, producer })
    }

    pub(crate) fn write(&self, topic: &str, written: &Written<'_>) -> Result<()> {
        let headers = written
            .headers
            .iter()
            .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
        let mut record = BaseRecord::<str, [u8]>::to(topic).payload(written.payload).headers(headers);
        record.key = written.key;
        record.partition = written.partition;
        record.timestamp = written.timestamp;
        self.producer.send(record).map_err(|(error, _)| error)?;
        self.producer.flush(SOON)?;
        Ok(())
    }

    /// Writes many, each under its key, and waits once.
    pub(crate) fn write_all<'a>(
        &self,
        topic: &str,
        all: impl Iterator<Item = (&'a str, String)>,
        headers: &[(&str, &str)],
    ) -> Result<()> {
        for (key, payload) in all {
            let headers = headers
                .iter()
                .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
            let record = BaseRecord::to(topic).key(key).payload(&payload).headers(headers);
            self.producer.send(record).map_err(|(error, _)| error)?;
        }
        self.producer.flush(SOON)?;
        Ok(())
    }

    /// Where a partition begins and ends.
    pub(crate) fn bounds(&self, topic: &str, partition: i32) -> Result<(i64, i64)> {
        Ok(self.consumer()?.fetch_watermarks(topic, partition, SOON)?)
    }

    /// All messages of a topic, partition by partition.
    pub(crate) fn read(&self, topic: &str) -> Result<Vec<OwnedMessage>> {
        let consumer = self.consumer()?;
        let metadata = consumer.fetch_metadata(Some(topic), SOON)?;
        let partitions = metadata.topics().first().context("a topic")?.partitions().len();
        let mut messages = Vec::new();
        for partition in 0..i32::try_from(partitions)? {
            let (low, high) = consumer.fetch_watermarks(topic, partition, SOON)?;
            let mut list = TopicPartitionList::new();
            list.add_partition_offset(topic, partition, Offset::Offset(low))?;
            // One that is assigned anew may still wait for the partition before.
            let consumer = self.consumer()?;
            consumer.assign(&list)?;
            let mut next = low;
            while next < high {
                let message = consumer.poll(SOON).context("a message")??.detach();
                next = message.offset() + 1;
                messages.push(message);
            }
        }
        Ok(messages)
    }

    fn consumer(&self) -> Result<BaseConsumer> {
        Ok(self.config.clone().set("group.id", "test").create()?)
    }
}

/// The headers of a message as text.
pub(crate) fn headers(message: &OwnedMessage) -> BTreeMap<String, String> {
    let all = message.headers().into_iter().flat_map(|headers| headers.iter());
    let text = |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
    all.map(|header| (header.key.to_owned(), text(header.value))).collect()
}
