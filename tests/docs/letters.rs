//! A broker with dead letters in it, for the page that deals with them.

use std::time::Duration;

use anyhow::Result;
use portolan_parts::Kafka;
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

const TOPICS: [&str; 4] = ["task-events", "task-updates", "task-commands", "reminders"];
const IDS: [&str; 3] = [
    "0190c3f2-7b1e-7c4a-9f0e-2f6a5c1d8e34",
    "0190c3f2-7b1f-7a10-8d11-94c0a7f1b2c3",
    "0190c3f2-7b20-7b55-b0aa-0c2d4e6f8a1b",
];
const TOLD: [(&str, &str); 4] = [
    ("portolan-topic", "task-events"),
    ("portolan-handler", "audit-service"),
    ("portolan-reason", "the database refuses it: SQLSTATE 22001"),
    ("portolan-attempts", "10"),
];

/// Two letters of a handler, and one of a sidecar.
pub(crate) fn broker() -> Result<Kafka> {
    let kafka = Kafka::plaintext()?;
    let letters = TOPICS.map(|topic| format!("{topic}.dlq"));
    let topics: Vec<(&str, u32)> =
        TOPICS.into_iter().map(|topic| (topic, 6)).chain(letters.iter().map(|topic| (topic.as_str(), 1))).collect();
    kafka.create_topics(&topics)?;
    let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", kafka.brokers()).create()?;
    for (number, id) in IDS.iter().enumerate() {
        let event = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"api-service","type":"task.created","subject":"7","data":{{"task_id":"7"}}}}"#
        );
        let told = if number < 2 { &TOLD[..] } else { &[] };
        let headers =
            told.iter().fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
        let record = BaseRecord::to("task-events.dlq").key("7").payload(&event).headers(headers);
        producer.send(record).map_err(|(error, _)| error)?;
    }
    producer.flush(Duration::from_secs(20))?;
    Ok(kafka)
}
