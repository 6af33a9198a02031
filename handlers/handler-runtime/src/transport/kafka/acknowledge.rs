//! acknowledge_: offsets are committed behind what is durable.

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use super::context::{Lanes, State};

/// Commits what is settled. A commit is a hint: when it fails, or a newer owner has the partition, events come again and
/// the inbox knows them.
pub(super) fn acknowledge_offsets(consumer: &BaseConsumer<Lanes>, state: &mut State, wait: bool) {
    let mut list = TopicPartitionList::new();
    for ((topic, partition), lane) in &mut state.lanes {
        if let Some(next) = lane.settled.take()
            && let Err(error) = list.add_partition_offset(topic, *partition, Offset::Offset(next))
        {
            tracing::warn!(%error, topic, partition, "an offset cannot be committed");
        }
    }
    if list.count() == 0 {
        return;
    }
    let mode = if wait { CommitMode::Sync } else { CommitMode::Async };
    if let Err(error) = consumer.commit(&list, mode) {
        tracing::info!(%error, "offsets were not committed; the events come again and are known");
    }
}
