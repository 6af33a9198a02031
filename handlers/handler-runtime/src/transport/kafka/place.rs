//! Where a partition begins, and whether the database still knows what was handled of it.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rdkafka::consumer::Consumer as _;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Place;
use super::serve::{ANSWER, Poller};
use crate::perform::Perform;
use crate::position::Position;

/// How long the database may take to say which places it has. Nothing is fetched meanwhile.
const DATABASE: Duration = Duration::from_secs(2);

impl<P: Perform> Poller<P> {
    /// Begins at the smaller of the broker's offset and the database's: where the database went back in time, so do we, and the
    /// inbox, which went with it, tells what is to be handled.
    pub(super) fn place(&self) {
        let unplaced = std::mem::take(&mut self.consumer.context().state().unplaced);
        if unplaced.is_empty() {
            return;
        }
        let starts = self.starts(&unplaced);
        let mut state = self.consumer.context().state();
        match starts {
            Ok(starts) => {
                let mut flows = Vec::new();
                for (Position { topic, partition, next }, is_brokers) in starts {
                    let place = (topic, partition);
                    let lane = state.lanes.get_mut(&place);
                    let flow = lane.and_then(|lane| lane.begin(next, is_brokers, Instant::now()));
                    flows.extend(flow.map(|flow| (place, flow)));
                }
                drop(state);
                self.flow(flows);
                self.begun.store(true, Ordering::Relaxed);
            }
            Err(error) => {
                tracing::warn!(error, "it is not known yet where to begin");
                state.unplaced.extend(unplaced);
            }
        }
    }

    /// Where each begins, and whether that is the broker's offset.
    fn starts(&self, places: &[Place]) -> Result<Vec<(Position, bool)>, String> {
        let broker = self.committed(places).map_err(|error| error.to_string())?;
        if self.from_newest {
            return Ok(broker.into_iter().map(|begin| (begin, true)).collect());
        }
        let stored = self.stored(broker.clone())?;
        let start = |begin: Position| match find(&stored, &begin.topic, begin.partition) {
            Some(next) if next < begin.next => {
                let (topic, partition, offset) = (&begin.topic, begin.partition, begin.next);
                tracing::warn!(topic, partition, offset, place = next, "the database is behind the broker: going back");
                (Position { next, ..begin }, false)
            }
            _ => (begin, true),
        };
        Ok(broker.into_iter().map(start).collect())
    }

    /// The broker's offsets; where the group has none, the end that it begins at.
    fn committed(&self, places: &[Place]) -> Result<Vec<Position>, rdkafka::error::KafkaError> {
        let mut list = TopicPartitionList::new();
        for (topic, partition) in places {
            list.add_partition(topic, *partition);
        }
        let committed = self.consumer.committed_offsets(list, ANSWER)?;
        let elements = committed.elements();
        let positions = elements.iter().map(|element| {
            let (topic, partition) = (element.topic(), element.partition());
            let next = if let Offset::Offset(next) = element.offset() {
                next
            } else {
                let (oldest, newest) = self.consumer.fetch_watermarks(topic, partition, ANSWER)?;
                if self.from_newest { newest } else { oldest }
            };
            Ok(Position { topic: topic.to_owned(), partition, next })
        });
        positions.collect()
    }

    /// Compares partitions with nothing to do: no event may follow that would show that the database went back in time.
    pub(super) fn compare(&self) {
        let idle: Vec<(Place, i64)> = {
            let state = self.consumer.context().state();
            state.lanes.iter().filter_map(|(place, lane)| Some((place.clone(), lane.idle()?))).collect()
        };
        if idle.is_empty() || self.from_newest {
            return;
        }
        let Ok(stored) = self.stored(Vec::new()) else { return };
        let mut flows = Vec::new();
        let mut state = self.consumer.context().state();
        for (place, offset) in idle {
            let found = find(&stored, &place.0, place.1);
            if found.is_some_and(|next| next >= offset) {
                continue;
            }
            tracing::warn!(
                topic = place.0,
                partition = place.1,
                offset,
                place = found,
                "the database went back in time"
            );
            match found {
                Some(next) => {
                    let lane = state.lanes.get_mut(&place);
                    flows.extend(lane.and_then(|lane| lane.restart(next, Instant::now())).map(|flow| (place, flow)));
                }
                None => state.unplaced.push(place),
            }
        }
        drop(state);
        self.flow(flows);
    }

    fn stored(&self, begin: Vec<Position>) -> Result<Vec<Position>, String> {
        let stored = async { tokio::time::timeout(DATABASE, self.performer.begin(begin)).await };
        let stored = self.runtime.block_on(stored).map_err(|_| "the database does not answer".to_owned())?;
        stored.map_err(|error| error.to_string())
    }
}

fn find(positions: &[Position], topic: &str, partition: i32) -> Option<i64> {
    positions.iter().find(|one| one.topic == topic && one.partition == partition).map(|one| one.next)
}
