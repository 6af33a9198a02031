//! What the client tells us between polls: partitions come and go.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::topic_partition_list::TopicPartitionList;

use super::acknowledge::acknowledge_offsets;
use super::lane::{Completion, End, Flow, Lane};
use super::newest::begin_at_the_end;

/// A batch has so long to end when its partition is taken away. It stays below every session time-out.
const PARTING: Duration = Duration::from_secs(3);

/// A partition's name.
pub(super) type Place = (String, i32);

/// The partitions of this consumer. It holds no consumer: a consumer that its own callbacks hold is never closed.
pub(super) struct Lanes {
    state: Mutex<State>,
    completions: Sender<Completion>,
    from_newest: bool,
}

pub(super) struct State {
    pub(super) lanes: BTreeMap<Place, Lane>,
    completed: Receiver<Completion>,
    generation: u64,
    /// Partitions of which it is not known yet where they begin.
    pub(super) unplaced: Vec<Place>,
}

impl Lanes {
    pub(super) fn new(from_newest: bool) -> Self {
        let (completions, completed) = channel();
        let state = State { lanes: BTreeMap::new(), completed, generation: 0, unplaced: Vec::new() };
        Self { state: Mutex::new(state), completions, from_newest }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the end of a batch is told.
    pub(super) fn completions(&self) -> Sender<Completion> {
        self.completions.clone()
    }
}

impl State {
    /// Whether every partition has its next batch, or takes nothing now.
    pub(super) fn is_sated(&self) -> bool {
        !self.lanes.is_empty() && !self.lanes.values().any(Lane::is_hungry)
    }

    /// Waits for the end of a batch, but not longer than this; what the client has to do then.
    pub(super) fn wait(&mut self, limit: Duration) -> Option<(Place, Flow)> {
        let completion = self.completed.recv_timeout(limit).ok()?;
        self.take(&completion)
    }

    /// Takes in the ends of batches that were told; what the client has to do then.
    pub(super) fn complete(&mut self) -> Vec<(Place, Flow)> {
        let mut flows = Vec::new();
        while let Ok(completion) = self.completed.try_recv() {
            flows.extend(self.take(&completion));
        }
        flows
    }

    fn take(&mut self, completion: &Completion) -> Option<(Place, Flow)> {
        let place = (completion.topic.clone(), completion.partition);
        let lane = self.lanes.get_mut(&place).filter(|lane| lane.generation == completion.generation)?;
        let flow = lane.complete(completion.end, Instant::now());
        if completion.end == End::WentBack(None) {
            self.unplaced.push(place.clone());
        }
        flow.map(|flow| (place, flow))
    }

    fn assign(&mut self, place: Place) {
        self.generation += 1;
        self.lanes.insert(place.clone(), Lane::new(self.generation));
        self.unplaced.push(place);
    }

    /// Waits for the batches of these partitions, but not for ever: what ends later is not acknowledged, and the inbox knows
    /// it when it comes again.
    pub(super) fn finish(&mut self, places: &[Place]) {
        let until = Instant::now() + PARTING;
        while places.iter().any(|place| self.lanes.get(place).is_some_and(|lane| lane.busy)) {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(completion) = self.completed.recv_timeout(left) else { return };
            self.take(&completion);
        }
    }
}

fn places(list: &TopicPartitionList) -> Vec<Place> {
    list.elements().iter().map(|element| (element.topic().to_owned(), element.partition())).collect()
}

impl ClientContext for Lanes {}

impl ConsumerContext for Lanes {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(list) = rebalance {
            let places = places(list);
            let mut state = self.state();
            state.finish(&places);
            acknowledge_offsets(consumer, &mut state, true);
            for place in &places {
                #[cfg(portolan_faults)]
                crate::faults::taken_away(&place.0, place.1, state.lanes.get(place).and_then(Lane::idle));
                state.lanes.remove(place);
            }
            tracing::info!(partitions = places.len(), "partitions were taken away");
        }
        if let Rebalance::Assign(list) = rebalance
            && self.from_newest
        {
            begin_at_the_end(consumer, list);
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => {
                let mut state = self.state();
                for place in places(list) {
                    state.assign(place);
                }
                tracing::info!(partitions = list.count(), "partitions were assigned");
            }
            Rebalance::Revoke(_) => {}
            Rebalance::Error(error) => tracing::warn!(%error, "the group could not be rebalanced"),
        }
    }
}
