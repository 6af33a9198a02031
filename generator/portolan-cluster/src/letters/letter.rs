use std::fmt;
use std::str::FromStr;

use krafka::consumer::ConsumerRecord;
use time::OffsetDateTime;

use super::{Attributes, Queue};

/// Where a letter lies: `task-events.dlq/0/17`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The dead-letter topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset in it.
    pub offset: i64,
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nobody has dealt with it.
    Open,
    /// It was brought back.
    Replayed,
    /// It was laid aside.
    Dropped,
}

/// A dead letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where it lies.
    pub place: Place,
    /// When it was written.
    pub at: OffsetDateTime,
    /// The topic that it came from, where that is known.
    pub origin: Option<String>,
    /// Who gave it up; a sidecar does not say.
    pub handler: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// After how many attempts.
    pub attempts: Option<u32>,
    /// What it says of itself.
    pub event: Attributes,
    /// The message's key.
    pub key: Option<Vec<u8>>,
    /// All headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The message itself.
    pub payload: Option<Vec<u8>>,
    /// What became of it.
    pub state: State,
}

impl Letter {
    pub(super) fn of(record: &ConsumerRecord, queue: &Queue, state: State) -> Self {
        let told = |name| record.header_str(name).map(str::to_owned);
        let event = Attributes::of(record);
        let origin = match (told("portolan-topic"), queue.origins.as_slice()) {
            (Some(topic), _) => Some(topic),
            (None, [only]) => Some(only.clone()),
            (None, several) => event.topic.clone().filter(|topic| several.contains(topic)),
        };
        let bytes = |bytes: &[u8]| bytes.to_vec();
        Self {
            place: Place { topic: record.topic.to_string(), partition: record.partition, offset: record.offset },
            at: moment(record.timestamp),
            origin,
            handler: told("portolan-handler"),
            reason: told("portolan-reason"),
            attempts: record.header_str("portolan-attempts").and_then(|attempts| attempts.parse().ok()),
            event,
            key: record.key.as_deref().map(bytes),
            headers: record.headers.iter().map(|(name, value)| (name.clone(), value.as_deref().map(bytes))).collect(),
            payload: record.value.as_deref().map(bytes),
            state,
        }
    }

    /// Whether it came from a topic, or lies in it.
    pub fn is_of(&self, topic: &str) -> bool {
        self.origin.as_deref() == Some(topic) || self.place.topic == topic
    }

    /// Since when somebody may have handled the event: it was published no earlier than it happened, and before it was given up.
    pub fn since(&self) -> OffsetDateTime {
        self.event.time.map_or(self.at, |time| time.min(self.at))
    }
}

/// A moment of Kafka's clock.
fn moment(milliseconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.rsplitn(3, '/');
        let offset = parts.next().and_then(|offset| offset.parse().ok()).filter(|offset| *offset >= 0);
        let partition = parts.next().and_then(|partition| partition.parse().ok()).filter(|partition| *partition >= 0);
        let topic = parts.next().filter(|topic| !topic.is_empty());
        let (Some(topic), Some(partition), Some(offset)) = (topic, partition, offset) else { return Err(()) };
        Ok(Self { topic: topic.to_owned(), partition, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_and_read() {
        let place: Place = "task-events.dlq/0/17".parse().unwrap();
        assert_eq!((place.topic.as_str(), place.partition, place.offset), ("task-events.dlq", 0, 17));
        assert_eq!(place.to_string(), "task-events.dlq/0/17");
        for wrong in ["", "a", "a/1", "/0/1", "a/-1/2", "a/1/-2", "a/b/c", "0190c3f2-id"] {
            assert_eq!(wrong.parse::<Place>(), Err(()), "{wrong}");
        }
    }
}
