use super::{Fact, TopicName};
use crate::source::Span;
use crate::spec::{Duration, Rate, Size};

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
