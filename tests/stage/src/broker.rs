//! A test's own access to the topics.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{Header, Headers, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use serde_json::Value;

/// A producer, and the address for consumers.
pub struct Broker {
    address: String,
    producer: BaseProducer,
}

/// A topic takes less; what is too large for it is for the broker to say.
const LARGEST: &str = "100000000";
const SOON: Duration = Duration::from_secs(10);
/// How long the broker may bring nothing of what it has.
const BRINGS: Duration = Duration::from_secs(30);

impl Broker {
    /// At this address.
    pub fn at(address: &str) -> Self {
        let mut config = ClientConfig::new();
        // What is sent twice or late because the broker was away would be taken for the fault of who is tested.
        config.set("bootstrap.servers", address).set("linger.ms", "0").set("enable.idempotence", "true");
        config.set("message.timeout.ms", "0").set("message.max.bytes", LARGEST);
        let producer = config.create().unwrap();
        Self { address: address.to_owned(), producer }
    }

    /// Publishes, and waits until the broker has it.
    pub fn publish(&self, topic: &str, key: &str, payload: &str) {
        self.enqueue(topic, key, payload);
        self.flush();
    }

    /// Publishes to a partition, and waits until the broker has it.
    pub fn publish_to(&self, topic: &str, partition: i32, key: &str, payload: &str) {
        self.enqueue_to(topic, partition, key, payload);
        self.flush();
    }

    /// Publishes to a partition soon.
    pub fn enqueue_to(&self, topic: &str, partition: i32, key: &str, payload: &str) {
        let record = BaseRecord::to(topic).partition(partition).key(key).payload(payload);
        self.producer.send(record).map_err(|(error, _)| error).unwrap();
    }

    /// Publishes an event, with its subject as the key, and waits until the broker has it.
    pub fn publish_event(&self, topic: &str, event: &Value) {
        self.publish(topic, event["subject"].as_str().unwrap_or_default(), &event.to_string());
    }

    /// Publishes a message with a header, and waits until the broker has it.
    pub fn publish_with(&self, topic: &str, key: &str, payload: &[u8], (header, value): (&str, &str)) {
        let headers = OwnedHeaders::new().insert(Header { key: header, value: Some(value) });
        let record = BaseRecord::to(topic).key(key).payload(payload).headers(headers);
        self.producer.send(record).map_err(|(error, _)| error).unwrap();
        self.flush();
    }

    /// Publishes soon.
    pub fn enqueue(&self, topic: &str, key: &str, payload: &str) {
        self.producer.send(BaseRecord::to(topic).key(key).payload(payload)).map_err(|(error, _)| error).unwrap();
    }

    /// Waits until the broker has everything.
    pub fn flush(&self) {
        self.producer.flush(SOON).unwrap();
    }

    /// Whether the broker has everything after so long; it may be away.
    pub fn try_flush(&self, limit: Duration) -> bool {
        self.producer.flush(limit).is_ok()
    }

    /// The group's committed offsets of a topic and its ends, by partition.
    pub fn progress(&self, group: &str, topic: &str) -> (Vec<i64>, Vec<i64>) {
        self.try_progress(group, topic).unwrap()
    }

    /// The same, where the broker may be away.
    pub fn try_progress(&self, group: &str, topic: &str) -> Result<(Vec<i64>, Vec<i64>)> {
        let consumer = self.consumer(group)?;
        let committed = consumer.committed_offsets(partitions(&consumer, topic)?, SOON)?;
        let mut offsets = (Vec::new(), Vec::new());
        for one in committed.elements() {
            // A partition without events has no offset, and its end is 0.
            offsets.0.push(one.offset().to_raw().unwrap_or(0).max(0));
            offsets.1.push(consumer.fetch_watermarks(topic, one.partition(), SOON)?.1);
        }
        Ok(offsets)
    }

    /// Has a group that is not there yet begin behind all that a topic holds.
    pub fn begin_at_end(&self, group: &str, topic: &str) -> Result<()> {
        let consumer = self.consumer(group)?;
        let mut list = partitions(&consumer, topic)?;
        for partition in 0..i32::try_from(list.count())? {
            let end = consumer.fetch_watermarks(topic, partition, SOON)?.1;
            list.set_partition_offset(topic, partition, Offset::Offset(end))?;
        }
        Ok(consumer.commit(&list, CommitMode::Sync)?)
    }

    /// All messages of a topic, partition by partition.
    pub fn read(&self, topic: &str) -> Vec<OwnedMessage> {
        self.try_read(topic).unwrap()
    }

    /// The same, where the broker may be away.
    pub fn try_read(&self, topic: &str) -> Result<Vec<OwnedMessage>> {
        let consumer = self.consumer("reader")?;
        let mut list = partitions(&consumer, topic)?;
        let mut left = BTreeMap::new();
        for partition in 0..i32::try_from(list.count())? {
            let (next, end) = consumer.fetch_watermarks(topic, partition, SOON)?;
            list.set_partition_offset(topic, partition, Offset::Offset(next))?;
            left.insert(partition, next..end);
        }
        consumer.assign(&list)?;
        let mut messages = Vec::new();
        while left.values().any(|offsets| !offsets.is_empty()) {
            let message =
                consumer.poll(BRINGS).with_context(|| format!("the broker does not bring {topic} {left:?}"))?;
            let message = message?.detach();
            left.entry(message.partition()).and_modify(|offsets| offsets.start = message.offset() + 1);
            messages.push(message);
        }
        messages.sort_by_key(|message| (message.partition(), message.offset()));
        Ok(messages)
    }

    fn consumer(&self, group: &str) -> Result<BaseConsumer> {
        let mut config = ClientConfig::new();
        Ok(config.set("bootstrap.servers", &self.address).set("group.id", group).create()?)
    }
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> Result<TopicPartitionList> {
    let metadata = consumer.fetch_metadata(Some(topic), SOON)?;
    let mut list = TopicPartitionList::new();
    for partition in metadata.topics().first().context("no such topic")?.partitions() {
        list.add_partition(topic, partition.id());
    }
    Ok(list)
}

/// A header's text.
pub fn header(message: &OwnedMessage, name: &str) -> Option<String> {
    let headers = message.headers()?.iter().find(|header| header.key == name)?;
    Some(String::from_utf8_lossy(headers.value?).into_owned())
}
