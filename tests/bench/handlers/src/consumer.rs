//! A consumer with librdkafka's settings of a handler, where it has any.

use anyhow::Result;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use crate::told::told;

/// How much is committed at a time is for librdkafka to say: it commits what is stored, now and then.
pub(crate) fn subscribed() -> Result<BaseConsumer> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", told("KAFKA_BROKERS")?)
        .set("group.id", told("KAFKA_GROUP")?)
        .set("enable.auto.commit", "true")
        .set("enable.auto.offset.store", "false")
        .set("auto.commit.interval.ms", "200")
        .set("auto.offset.reset", "earliest")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.wait.max.ms", "50");
    let consumer: BaseConsumer = config.create()?;
    consumer.subscribe(&[&told("KAFKA_TOPICS")?])?;
    Ok(consumer)
}
