use std::collections::VecDeque;
use std::time::{Duration, Instant};

use krafka::consumer::{AutoOffsetReset, Consumer, ConsumerRecord};

use super::Connection;
use crate::WorldError;

/// How long one look waits for messages.
const LOOK: Duration = Duration::from_millis(500);
/// How long nothing may come although there is something.
const PATIENCE: Duration = Duration::from_secs(30);
/// What one fetch brings at most; a message that is larger comes alone.
const FETCH: i32 = 4 * 1024 * 1024;

/// Reads one partition once, from an offset to the end that it had when the reading began. Only what one fetch brings is held.
pub(crate) struct Cursor {
    consumer: Consumer,
    topic: String,
    partition: i32,
    end: i64,
    read: VecDeque<ConsumerRecord>,
}

impl Cursor {
    /// From the beginning, or from an offset.
    pub(crate) async fn open(
        connection: &Connection,
        topic: &str,
        partition: i32,
        from: Option<i64>,
    ) -> Result<Self, WorldError> {
        let consumer = connection.kafka().consumer_without_group().auto_offset_reset(AutoOffsetReset::Earliest);
        let consumer = consumer.fetch_max_bytes(FETCH).max_partition_fetch_bytes(FETCH).max_poll_records(500);
        let read = async {
            let consumer = consumer.build().await?;
            let (begin, end) = consumer.fetch_watermarks(topic, partition).await?;
            consumer.assign(topic, vec![partition]).await?;
            consumer.seek(topic, partition, from.unwrap_or(begin).clamp(begin, end)).await?;
            Ok((consumer, end))
        };
        let (consumer, end) = read.await.map_err(|error: krafka::KrafkaError| failed(topic, partition, &error))?;
        Ok(Self { consumer, topic: topic.to_owned(), partition, end, read: VecDeque::new() })
    }

    /// The end that the partition had when the reading began.
    pub(crate) const fn end(&self) -> i64 {
        self.end
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Result<Option<ConsumerRecord>, WorldError> {
        let begun = Instant::now();
        while self.read.is_empty() {
            let position = self.consumer.position(&self.topic, self.partition).await.unwrap_or(self.end);
            if position >= self.end {
                return Ok(None);
            }
            if begun.elapsed() > PATIENCE {
                return Err(failed(&self.topic, self.partition, &"nothing comes, although there is something"));
            }
            let read = self.consumer.poll(LOOK).await.map_err(|error| failed(&self.topic, self.partition, &error))?;
            self.read.extend(read.into_iter().filter(|record| record.offset < self.end));
        }
        Ok(self.read.pop_front())
    }
}

fn failed(topic: &str, partition: i32, why: &dyn ToString) -> WorldError {
    WorldError::new(format!("cannot read {topic}/{partition}"), why.to_string())
}
