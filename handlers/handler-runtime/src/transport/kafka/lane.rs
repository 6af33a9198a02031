//! One partition: what was fetched of it, what is being handled, and what may be committed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rdkafka::message::OwnedMessage;

/// Messages handled in one transaction.
const AT_ONCE: usize = 500;
/// Past so many fetched messages the partition is paused, below [`AT_ONCE`] it is resumed.
const ENOUGH: usize = 2 * AT_ONCE;

/// What a partition's batch came to.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) generation: u64,
    /// The offset behind what is settled.
    pub(super) next: i64,
    /// How long the message at `next` has to wait, where it has to come again.
    pub(super) again: Option<Duration>,
}

/// One partition of this consumer.
#[derive(Debug)]
pub(super) struct Lane {
    /// Tells batches of this assignment from those of an earlier one.
    pub(super) generation: u64,
    fetched: VecDeque<OwnedMessage>,
    pub(super) busy: bool,
    paused: bool,
    /// Where and when it goes on after something that has to come again.
    pub(super) wait: Option<(i64, Instant)>,
    /// What may be committed and is not yet.
    pub(super) settled: Option<i64>,
}

/// What has to be asked of the broker's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// Fetch no more.
    Pause,
    /// Fetch again.
    Resume,
}

impl Lane {
    pub(super) const fn new(generation: u64) -> Self {
        Self { generation, fetched: VecDeque::new(), busy: false, paused: false, wait: None, settled: None }
    }

    /// Takes a message in.
    pub(super) fn push(&mut self, message: OwnedMessage) -> Option<Flow> {
        // Fetched before the pause took hold; the seek brings it again.
        if self.wait.is_some() {
            return None;
        }
        self.fetched.push_back(message);
        (self.fetched.len() >= ENOUGH && !std::mem::replace(&mut self.paused, true)).then_some(Flow::Pause)
    }

    /// What is handled next, where nothing is being handled.
    pub(super) fn batch(&mut self) -> Option<(Vec<OwnedMessage>, Option<Flow>)> {
        if self.busy || self.wait.is_some() || self.fetched.is_empty() {
            return None;
        }
        self.busy = true;
        let count = self.fetched.len().min(AT_ONCE);
        let batch = self.fetched.drain(..count).collect();
        let resumes = self.fetched.len() < AT_ONCE && std::mem::take(&mut self.paused);
        Some((batch, resumes.then_some(Flow::Resume)))
    }

    /// Takes the end of a batch in. What comes again comes from the broker: all that was fetched behind it is let go.
    pub(super) fn complete(&mut self, completion: &Completion, now: Instant) -> Option<Flow> {
        self.busy = false;
        self.settled = Some(completion.next);
        let after = completion.again?;
        self.fetched.clear();
        self.wait = Some((completion.next, now + after));
        (!std::mem::replace(&mut self.paused, true)).then_some(Flow::Pause)
    }

    /// The offset to go on at, when the wait is over.
    pub(super) fn wake(&mut self, now: Instant) -> Option<i64> {
        let (offset, _) = self.wait.filter(|(_, at)| *at <= now)?;
        self.wait = None;
        self.paused = false;
        Some(offset)
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::Timestamp;

    use super::*;

    fn message(offset: i64) -> OwnedMessage {
        OwnedMessage::new(None, None, "t".to_owned(), Timestamp::NotAvailable, 0, offset, None)
    }

    fn completion(next: i64, again: Option<Duration>) -> Completion {
        Completion { topic: "t".to_owned(), partition: 0, generation: 1, next, again }
    }

    #[test]
    fn a_full_partition_is_paused_until_it_is_empty_enough() {
        let mut lane = Lane::new(1);
        let flows: Vec<_> = (0..1200).filter_map(|offset| lane.push(message(offset))).collect();
        assert_eq!(flows, [Flow::Pause], "once");
        let (first, flow) = lane.batch().unwrap();
        assert_eq!((first.len(), flow), (500, None));
        assert!(lane.batch().is_none(), "one at a time");
        lane.complete(&completion(500, None), Instant::now());
        assert_eq!(lane.batch().unwrap().1, Some(Flow::Resume));
    }

    #[test]
    fn what_comes_again_is_fetched_again() {
        let mut lane = Lane::new(1);
        for offset in 0..3 {
            lane.push(message(offset));
        }
        let now = Instant::now();
        lane.batch().unwrap();
        lane.push(message(3));
        assert_eq!(lane.complete(&completion(1, Some(Duration::from_secs(1))), now), Some(Flow::Pause));
        assert!(lane.push(message(4)).is_none() && lane.batch().is_none());
        assert_eq!(lane.wake(now), None);
        assert_eq!(lane.wake(now + Duration::from_secs(1)), Some(1));
        assert!(lane.batch().is_none(), "nothing is left of what was fetched before");
    }
}
