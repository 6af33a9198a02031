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
use super::decode::decode_message;
use super::lane::{Completion, Flow};
use crate::perform::Perform;
use crate::position::Position;

/// How long a poll waits: the end of a batch is seen so late at most.
const POLL: Duration = Duration::from_millis(5);
/// How often offsets are committed.
const COMMIT: Duration = Duration::from_millis(200);
/// How long a batch waits when the database cannot be reached.
const UNAVAILABLE: Duration = Duration::from_secs(1);
/// How long the broker may take to answer a question.
const ANSWER: Duration = Duration::from_secs(10);

/// A consumer at work.
#[derive(Debug)]
pub struct Consumer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), KafkaError>>,
}

impl Consumer {
    /// Whether it has ended by itself, which it does when it cannot go on.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Finishes what is being handled, commits, leaves the group. Blocks; call it where blocking is right.
    pub fn stop(self) -> Result<(), KafkaError> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(Err(KafkaError::Canceled))
    }
}

/// Starts to consume. `from_newest` is for those that miss what they were not there for.
pub fn serve<P: Perform>(config: &KafkaConfig, performer: Arc<P>, from_newest: bool) -> Result<Consumer, KafkaError> {
    let consumer: BaseConsumer<Lanes> = config.consumer(from_newest).create_with_context(Lanes::new())?;
    let topics: Vec<&str> = config.topics.iter().map(String::as_str).collect();
    consumer.subscribe(&topics)?;
    let stop = Arc::new(AtomicBool::new(false));
    let poller = Poller { consumer, performer, runtime: Handle::current(), stop: Arc::clone(&stop) };
    let thread = std::thread::Builder::new().name("kafka-poll".to_owned()).spawn(move || poller.run());
    Ok(Consumer { stop, thread: thread.map_err(|_| KafkaError::Canceled)? })
}

struct Poller<P> {
    consumer: BaseConsumer<Lanes>,
    performer: Arc<P>,
    runtime: Handle,
    stop: Arc<AtomicBool>,
}

impl<P: Perform> Poller<P> {
    fn run(self) -> Result<(), KafkaError> {
        let mut committed = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            self.fetch()?;
            self.go_back();
            self.settle();
            self.dispatch();
            if committed.elapsed() >= COMMIT {
                acknowledge_offsets(&self.consumer, &mut self.consumer.context().state(), false);
                committed = Instant::now();
            }
        }
        self.leave();
        Ok(())
    }

    /// Takes what has arrived, and waits a moment when there is nothing.
    fn fetch(&self) -> Result<(), KafkaError> {
        let mut wait = POLL;
        // Not for ever: with much to fetch, batches still have to be handed out.
        for _ in 0..2000 {
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

    /// Where the database is behind the committed offset, it went back in time: so do we, and the inbox, which went with it,
    /// tells what is to be handled.
    fn go_back(&self) {
        let assigned = std::mem::take(&mut self.consumer.context().state().assigned);
        if assigned.is_empty() {
            return;
        }
        let result = self.runtime.block_on(self.performer.positions()).map_err(|error| error.to_string());
        let result = result.and_then(|positions| self.behind(&assigned, &positions).map_err(|error| error.to_string()));
        match result {
            Ok(behind) => {
                for position in behind {
                    tracing::warn!(?position, "the database is behind the broker: going back");
                    self.seek(&(position.topic, position.partition), position.next);
                }
            }
            Err(error) => {
                tracing::warn!(error, "cannot compare the places of database and broker yet");
                self.consumer.context().state().assigned = assigned;
            }
        }
    }

    fn behind(&self, assigned: &[Place], positions: &[Position]) -> Result<Vec<Position>, KafkaError> {
        let mut list = TopicPartitionList::new();
        let known = |place: &Place| positions.iter().find(|one| one.topic == place.0 && one.partition == place.1);
        for place in assigned.iter().filter(|place| known(place).is_some()) {
            list.add_partition(&place.0, place.1);
        }
        if list.count() == 0 {
            return Ok(Vec::new());
        }
        let committed = self.consumer.committed_offsets(list, ANSWER)?;
        let elements = committed.elements();
        let behind = elements.iter().filter_map(|element| {
            let position = known(&(element.topic().to_owned(), element.partition()))?;
            matches!(element.offset(), Offset::Offset(offset) if position.next < offset).then(|| position.clone())
        });
        Ok(behind.collect())
    }

    /// Takes in what has ended, and wakes what has waited long enough.
    fn settle(&self) {
        let mut state = self.consumer.context().state();
        let flows = state.complete();
        let now = Instant::now();
        let woken: Vec<(Place, i64)> =
            state.lanes.iter_mut().filter_map(|(place, lane)| Some((place.clone(), lane.wake(now)?))).collect();
        drop(state);
        self.flow(flows);
        for (place, offset) in woken {
            self.seek(&place, offset);
            self.flow([(place, Flow::Resume)]);
        }
    }

    fn dispatch(&self) {
        let mut flows = Vec::new();
        let mut state = self.consumer.context().state();
        for (place, lane) in &mut state.lanes {
            if let Some((messages, flow)) = lane.batch() {
                flows.extend(flow.map(|flow| (place.clone(), flow)));
                let completions = self.consumer.context().completions();
                let performer = Arc::clone(&self.performer);
                let (place, generation) = (place.clone(), lane.generation);
                self.runtime.spawn(async move {
                    let completion = handle(performer, messages, place, generation).await;
                    // Nobody listens any more when the consumer is gone; what is durable stays durable.
                    let _ = completions.send(completion);
                });
            }
        }
        drop(state);
        self.flow(flows);
    }

    fn flow(&self, flows: impl IntoIterator<Item = (Place, Flow)>) {
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

    /// Goes on at an offset. A partition that is not ours any more is no matter: its next owner begins at what is committed.
    fn seek(&self, place: &Place, offset: i64) {
        if let Err(error) = self.consumer.seek(&place.0, place.1, Offset::Offset(offset), ANSWER) {
            tracing::warn!(%error, topic = place.0, partition = place.1, offset, "cannot go on there");
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

async fn handle<P: Perform>(
    performer: Arc<P>,
    messages: Vec<OwnedMessage>,
    place: Place,
    generation: u64,
) -> Completion {
    use rdkafka::Message as _;
    let offsets: Vec<i64> = messages.iter().map(OwnedMessage::offset).collect();
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    let (topic, partition) = place;
    let position = Position { topic: topic.clone(), partition, next: last + 1 };
    let batch = Batch::new(messages.iter().map(decode_message).collect());
    let (next, again) = match performer.perform(batch, Some(position)).await {
        Ok(performed) => {
            let open = performed.verdicts.iter().position(|verdict| !verdict.is_final());
            open.map_or((last + 1, None), |index| (offsets[index], Some(wait(&performed.verdicts))))
        }
        Err(error) => {
            tracing::warn!(%error, "a batch comes again");
            (first, Some(UNAVAILABLE))
        }
    };
    Completion { topic, partition, generation, next, again }
}

/// The shortest wait that one of them asks for.
fn wait(verdicts: &[Verdict]) -> Duration {
    let waits = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Retry { after, .. } | Verdict::Held { after } => Some(*after),
        _ => None,
    });
    waits.min().unwrap_or(UNAVAILABLE)
}
