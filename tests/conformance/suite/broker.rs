//! The suite's own access to the topics.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, OwnedMessage};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

use crate::world::LARGEST;

/// A producer, and the address for consumers.
pub(crate) struct Broker {
    address: String,
    producer: BaseProducer,
}

const SOON: Duration = Duration::from_secs(10);

impl Broker {
    /// At this address.
    pub(crate) fn at(address: &str) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", address).set("linger.ms", "0").set("message.max.bytes", LARGEST.to_string());
        let producer = config.create().unwrap();
        Self { address: address.to_owned(), producer }
    }

    /// Publishes, and waits until the broker has it.
    pub(crate) fn publish(&self, topic: &str, key: &str, payload: &str) {
        self.enqueue(topic, key, payload);
        self.flush();
    }

    /// Publishes to a partition, and waits until the broker has it.
    pub(crate) fn publish_to(&self, topic: &str, partition: i32, key: &str, payload: &str) {
        let record = BaseRecord::to(topic).partition(partition).key(key).payload(payload);
        self.producer.send(record).map_err(|(error, _)| error).unwrap();
        self.flush();
    }

    /// Publishes soon.
    pub(crate) fn enqueue(&self, topic: &str, key: &str, payload: &str) {
        self.producer.send(BaseRecord::to(topic).key(key).payload(payload)).map_err(|(error, _)| error).unwrap();
    }

    /// Waits until the broker has everything.
    pub(crate) fn flush(&self) {
        self.producer.flush(SOON).unwrap();
    }

    /// The group's committed offsets of a topic and its ends, by partition.
    pub(crate) fn progress(&self, group: &str, topic: &str) -> (Vec<i64>, Vec<i64>) {
        let consumer: BaseConsumer =
            ClientConfig::new().set("bootstrap.servers", &self.address).set("group.id", group).create().unwrap();
        let metadata = consumer.fetch_metadata(Some(topic), SOON).unwrap();
        let mut list = TopicPartitionList::new();
        for partition in metadata.topics()[0].partitions() {
            list.add_partition(topic, partition.id());
        }
        let committed = consumer.committed_offsets(list, SOON).unwrap();
        let end = |partition| consumer.fetch_watermarks(topic, partition, SOON).unwrap().1;
        let offsets = committed.elements().into_iter().map(|one| {
            // A partition without events has no offset, and its end is 0.
            (one.offset().to_raw().unwrap_or(0).max(0), end(one.partition()))
        });
        offsets.unzip()
    }

    /// All messages of a topic with one partition.
    pub(crate) fn read(&self, topic: &str) -> Vec<OwnedMessage> {
        let consumer: BaseConsumer =
            ClientConfig::new().set("bootstrap.servers", &self.address).set("group.id", "suite").create().unwrap();
        let (low, high) = consumer.fetch_watermarks(topic, 0, SOON).unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Offset(low)).unwrap();
        consumer.assign(&list).unwrap();
        let mut messages = Vec::new();
        while messages.last().map_or(low, |last: &OwnedMessage| last.offset() + 1) < high {
            messages.push(consumer.poll(SOON).unwrap().unwrap().detach());
        }
        messages
    }
}

/// A header's text.
pub(crate) fn header(message: &OwnedMessage, name: &str) -> Option<String> {
    let headers = message.headers()?.iter().find(|header| header.key == name)?;
    Some(String::from_utf8_lossy(headers.value?).into_owned())
}
