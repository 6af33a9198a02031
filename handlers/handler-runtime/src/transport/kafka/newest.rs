//! Where a consumer begins that misses what it was not there for.

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Lanes;
use super::serve::ANSWER;

/// Has the client begin at the end as it is now, where its group has come to no place yet. Told "latest", it would find the end
/// some time later, and what was published meanwhile would be missed by one that had said that it is ready.
pub(super) fn begin_at_the_end(consumer: &BaseConsumer<Lanes>, assigned: &TopicPartitionList) {
    if let Err(error) = set_ends(consumer, assigned) {
        tracing::warn!(%error, "the end is not known; what is published right now may be missed");
    }
}

fn set_ends(consumer: &BaseConsumer<Lanes>, assigned: &TopicPartitionList) -> KafkaResult<()> {
    let mut asked = TopicPartitionList::new();
    for element in assigned.elements() {
        asked.add_partition(element.topic(), element.partition());
    }
    let committed = consumer.committed_offsets(asked, ANSWER)?;
    for mut element in assigned.elements() {
        let place = committed.find_partition(element.topic(), element.partition());
        if place.is_some_and(|place| matches!(place.offset(), Offset::Offset(_))) {
            continue;
        }
        let (_, end) = consumer.fetch_watermarks(element.topic(), element.partition(), ANSWER)?;
        element.set_offset(Offset::Offset(end))?;
    }
    Ok(())
}
