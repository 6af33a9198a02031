use super::{Fact, TopicName};
use crate::source::Span;
use crate::spec::{Duration, Rate, Size};

/// What the attributes of a CloudEvent, its trace and Kafka's headers may take beside the event itself.
const ENVELOPE: u64 = 64 * 1024;

/// A Kafka topic. A topic's own dead-letter topic is one too.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its name.
    pub name: TopicName,
    /// Where it is declared.
    pub at: Span,
    /// How many partitions.
    pub partitions: Fact<u32>,
    /// How long events are kept.
    pub retention: Fact<Duration>,
    /// The largest event.
    pub max_message: Fact<Size>,
    /// How many events come at a busy time, where the spec says so.
    pub rate: Option<Fact<Rate>>,
    /// Where events go that cannot be handled.
    pub dead_letter: Option<Fact<TopicName>>,
    /// Where the spec says that there is no such topic.
    pub dead_letter_off: Option<Span>,
    /// The topic whose dead letters these are.
    pub dead_letter_of: Option<TopicName>,
}

/// From one size each hop's own, and none is below that of the hop before it: what the first one takes, every other one takes.
impl Topic {
    /// The largest body that is published: the event, and the CloudEvent around it where the publisher writes that itself.
    pub fn largest_body(&self) -> Fact<u32> {
        self.max_message.clone().map(body_of)
    }

    /// The largest record in Kafka: the body in the CloudEvent that Dapr writes, where binary data is base64, a third longer.
    pub fn largest_record(&self) -> Fact<u32> {
        self.max_message.clone().map(record_of)
    }
}

/// The largest event whose record is no larger than this; up to two bytes less give the same record.
pub fn largest_event_within(record: u32) -> Option<Size> {
    let body = u64::from(record).checked_sub(ENVELOPE)? / 4 * 3;
    body.checked_sub(ENVELOPE).filter(|bytes| *bytes > 0).map(|bytes| Size::bytes(narrow(bytes)))
}

/// The largest record of events of a size.
pub fn record_of(size: Size) -> u32 {
    narrow(body(size).div_ceil(3) * 4 + ENVELOPE)
}

/// The largest body of events of a size.
pub fn body_of(size: Size) -> u32 {
    narrow(body(size))
}

fn body(size: Size) -> u64 {
    u64::from(size.as_bytes()) + ENVELOPE
}

fn narrow(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
