//! What reads a partition for a function, and makes the payload that Lambda makes of records.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, OwnedMessage};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use serde_json::{Value, json};

/// Records of one batch, and its bytes: a payload of Lambda has six megabytes at most, in base64.
const AT_ONCE: usize = 100;
const LARGEST: usize = 4_000_000;
const POLL: Duration = Duration::from_millis(100);

/// A reader of one partition.
pub(crate) struct EventSource {
    consumer: BaseConsumer,
    /// What was read and did not fit.
    left: Option<OwnedMessage>,
}

impl EventSource {
    /// From the first record on.
    pub(crate) fn of(brokers: &str, topic: &str, partition: i32) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("group.id", "event-source").set("enable.auto.commit", "false");
        let consumer: BaseConsumer = config.set("fetch.wait.max.ms", "50").create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
        consumer.assign(&list).unwrap();
        Self { consumer, left: None }
    }

    /// The payload of the next batch; none where nothing comes for a while.
    pub(crate) fn next(&mut self) -> Option<String> {
        let mut batch: Vec<OwnedMessage> = self.left.take().into_iter().collect();
        let mut size = batch.first().map_or(0, bytes);
        while batch.len() < AT_ONCE {
            let patience = if batch.is_empty() { POLL } else { Duration::ZERO };
            let Some(Ok(message)) = self.consumer.poll(patience) else { break };
            let message = message.detach();
            size += bytes(&message);
            if size > LARGEST && !batch.is_empty() {
                self.left = Some(message);
                break;
            }
            batch.push(message);
        }
        let first = batch.first()?;
        let place = format!("{}-{}", first.topic(), first.partition());
        let records: Vec<Value> = batch.iter().map(record).collect();
        Some(json!({ "eventSource": "SelfManagedKafka", "records": { place: records } }).to_string())
    }
}

fn bytes(message: &OwnedMessage) -> usize {
    message.payload().map_or(0, <[u8]>::len)
}

fn record(message: &OwnedMessage) -> Value {
    let headers = message.headers().into_iter().flat_map(Headers::iter);
    let headers = headers.map(|header| json!({ header.key: header.value.unwrap_or_default() }));
    json!({
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "timestampType": "CREATE_TIME",
        "key": message.key().map(base64),
        "value": message.payload().map(base64),
        "headers": headers.collect::<Vec<_>>(),
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
