//! serve_: one thread polls for all partitions; batches are handled beside it, one at a time for each partition.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use handler_protocol::{Batch, Verdict};
use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::OwnedMessage;
use tokio::runtime::Handle;

use super::KafkaConfig;
use super::acknowledge::acknowledge_offsets;
use super::context::{Lanes, Place};
use super::lane::{Completion, End, Flow, Lane, Next};
use crate::perform::{Perform, Unavailable};
use crate::position::{Position, Span};
use crate::transport::record::{Record, decode_record};

/// How long a poll waits: the end of a batch is seen so late at most.
const POLL: Duration = Duration::from_millis(5);
/// How many messages are taken before batches are handed out.
const AT_A_TIME: usize = 500;
/// How often offsets are committed.
const COMMIT: Duration = Duration::from_millis(200);
/// How often they are committed again, unchanged or not, as Kafka's own client does. One that met a rebalance or a broker that had just
/// started is refused, and the client does not tell; with no event after it the lag would stay.
const COMMIT_AGAIN: Duration = Duration::from_secs(5);
/// How long a batch waits when the database cannot be reached.
const UNAVAILABLE: Duration = Duration::from_secs(1);
/// How often partitions with nothing to do are compared with the database.
const COMPARE: Duration = Duration::from_secs(2);
/// How long it takes to try again where the client could not go on at an offset.
const AGAIN: Duration = Duration::from_millis(20);
/// How long the broker may take to answer a question.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// A consumer at work.
#[derive(Debug)]
pub struct Consumer {
    stop: Arc<AtomicBool>,
    begun: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), KafkaError>>,
}

impl Consumer {
    /// Whether it has ended by itself, which it does when it cannot go on.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Whether it was assigned partitions and knows where they begin.
    pub fn begun(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.begun)
    }

    /// Finishes what is being handled, commits, leaves the group. Blocks; call it where blocking is right.
    pub fn stop(self) -> Result<(), KafkaError> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(Err(KafkaError::Canceled))
    }
}

/// Starts to consume. `from_newest` is for those that miss what they were not there for.
pub fn serve<P: Perform>(config: &KafkaConfig, performer: Arc<P>, from_newest: bool) -> Result<Consumer, KafkaError> {
    let consumer: BaseConsumer<Lanes> = config.consumer(from_newest).create_with_context(Lanes::new(from_newest))?;
    let topics: Vec<&str> = config.topics.iter().map(String::as_str).collect();
    consumer.subscribe(&topics)?;
    let (stop, begun) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let runtime = Handle::current();
    let poller =
        Poller { consumer, performer, runtime, stop: Arc::clone(&stop), begun: Arc::clone(&begun), from_newest };
    let thread = std::thread::Builder::new().name("kafka-poll".to_owned()).spawn(move || poller.run());
    Ok(Consumer { stop, begun, thread: thread.map_err(|_| KafkaError::Canceled)? })
}

pub(super) struct Poller<P> {
    pub(super) consumer: BaseConsumer<Lanes>,
    pub(super) performer: Arc<P>,
    pub(super) runtime: Handle,
    stop: Arc<AtomicBool>,
    pub(super) begun: Arc<AtomicBool>,
    /// What it is not there for it misses, so it has no places in the database either.
    pub(super) from_newest: bool,
}

impl<P: Perform> Poller<P> {
    fn run(self) -> Result<(), KafkaError> {
        let mut committed = Instant::now();
        let mut repeated = Instant::now();
        let mut compared = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            self.fetch()?;
            self.settle();
            self.place();
            self.wake();
            self.dispatch();
            #[cfg(portolan_faults)]
            crate::faults::commit_late(&self.consumer);
            if repeated.elapsed() >= COMMIT_AGAIN {
                self.consumer.context().state().lanes.values_mut().for_each(Lane::commit_again);
                repeated = Instant::now();
            }
            if committed.elapsed() >= COMMIT {
                acknowledge_offsets(&self.consumer, &mut self.consumer.context().state(), false);
                committed = Instant::now();
            }
            if compared.elapsed() >= COMPARE {
                self.compare();
                compared = Instant::now();
            }
        }
        self.leave();
        Ok(())
    }

    /// Takes what has arrived, and waits a moment when there is nothing. Where every partition has its next batch, the end of one is
    /// waited for instead: what arrives meanwhile stays with the client, which fetches no more than it may hold.
    fn fetch(&self) -> Result<(), KafkaError> {
        let mut wait = POLL;
        let sated = self.consumer.context().state().is_sated();
        if sated {
            let flow = self.consumer.context().state().wait(POLL);
            self.flow(flow);
            wait = Duration::ZERO;
        }
        // Not for ever: with much to fetch, batches still have to be handed out. The client has something to tell even to who takes
        // nothing.
        for _ in 0..if sated { 1 } else { AT_A_TIME } {
            match self.consumer.poll(wait) {
                None => break,
                Some(Ok(message)) => {
                    use rdkafka::Message as _;
                    let place = (message.topic().to_owned(), message.partition());
                    let message = message.detach();
                    let flow =
                        self.consumer.context().state().lanes.get_mut(&place).and_then(|lane| lane.push(message));
                    self.flow(flow.map(|flow| (place, flow)));
                }
                Some(Err(error @ KafkaError::MessageConsumptionFatal(_))) => return Err(error),
                Some(Err(error)) => tracing::warn!(%error, "nothing can be fetched"),
            }
            wait = Duration::ZERO;
        }
        Ok(())
    }

    /// Takes in what has ended.
    fn settle(&self) {
        let flows = self.consumer.context().state().complete();
        self.flow(flows);
    }

    /// Goes on where the wait is over. A partition whose client cannot yet is tried again: it must not go on elsewhere.
    fn wake(&self) {
        let now = Instant::now();
        let due: Vec<(Place, i64)> = {
            let state = self.consumer.context().state();
            state.lanes.iter().filter_map(|(place, lane)| Some((place.clone(), lane.due(now)?))).collect()
        };
        for (place, offset) in due {
            let sought = self.consumer.seek(&place.0, place.1, Offset::Offset(offset), ANSWER);
            if let Some(lane) = self.consumer.context().state().lanes.get_mut(&place) {
                match &sought {
                    Ok(()) => lane.go(offset),
                    Err(error) => {
                        tracing::debug!(%error, topic = place.0, partition = place.1, offset, "cannot go on there yet");
                        lane.restart(offset, Instant::now() + AGAIN);
                    }
                }
            }
            self.flow(sought.is_ok().then_some((place, Flow::Resume)));
        }
    }

    fn dispatch(&self) {
        let mut flows = Vec::new();
        let mut state = self.consumer.context().state();
        for (place, lane) in &mut state.lanes {
            if let Some(next) = lane.batch() {
                flows.extend(next.flow.map(|flow| (place.clone(), flow)));
                let completions = self.consumer.context().completions();
                let performer = Arc::clone(&self.performer);
                let (topic, partition) = place.clone();
                let (generation, has_places) = (lane.generation, !self.from_newest);
                self.runtime.spawn(async move {
                    let follows = Position { topic: topic.clone(), partition, next: next.follows };
                    let end = handle(performer, next, follows, has_places).await;
                    // Nobody listens any more when the consumer is gone; what is durable stays durable.
                    let _ = completions.send(Completion { topic, partition, generation, end });
                });
            }
        }
        drop(state);
        self.flow(flows);
    }

    pub(super) fn flow(&self, flows: impl IntoIterator<Item = (Place, Flow)>) {
        for ((topic, partition), flow) in flows {
            let mut list = TopicPartitionList::new();
            list.add_partition(&topic, partition);
            let result = match flow {
                Flow::Pause => self.consumer.pause(&list),
                Flow::Resume => self.consumer.resume(&list),
            };
            if let Err(error) = result {
                tracing::warn!(%error, topic, partition, ?flow, "the client refuses");
            }
        }
    }

    fn leave(&self) {
        let mut state = self.consumer.context().state();
        let places: Vec<Place> = state.lanes.keys().cloned().collect();
        state.finish(&places);
        acknowledge_offsets(&self.consumer, &mut state, true);
        state.lanes.clear();
    }
}

async fn handle<P: Perform>(performer: Arc<P>, next: Next, follows: Position, has_places: bool) -> End {
    use rdkafka::Message as _;
    let offsets: Vec<i64> = next.messages.iter().map(OwnedMessage::offset).collect();
    let behind = offsets.last().map_or(next.follows, |last| last + 1);
    let batch = Batch::new(next.messages.iter().map(|message| decode_record(&Record::from(message))).collect());
    let span = has_places.then(|| Span { follows, offsets: offsets.clone() });
    match performer.perform(batch, span).await {
        Ok(performed) => {
            let open = performed.verdicts.iter().position(|verdict| !verdict.is_final());
            open.map_or(End::Settled(behind), |index| End::Again(offsets[index], wait(&performed.verdicts)))
        }
        Err(Unavailable::WentBack(place)) => {
            tracing::warn!(follows = next.follows, place, "the database went back in time: so do we");
            End::WentBack(place)
        }
        Err(error) => {
            tracing::warn!(%error, "a batch comes again");
            End::Again(next.follows, UNAVAILABLE)
        }
    }
}

/// The shortest wait that one of them asks for.
fn wait(verdicts: &[Verdict]) -> Duration {
    let waits = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Retry { after, .. } | Verdict::Held { after } => Some(*after),
        _ => None,
    });
    waits.min().unwrap_or(UNAVAILABLE)
}
