//! One partition: what was fetched of it, what is being handled, and what may be committed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rdkafka::Message as _;
use rdkafka::message::OwnedMessage;

/// Messages handled in one transaction.
const AT_ONCE: usize = 500;
/// Past so many fetched messages the partition is paused, and so it is past [`ENOUGH_BYTES`]; below half of both it is resumed. The
/// client forgets what it has fetched of a paused partition, and needs up to a second to fetch again, so that has to be rare.
const ENOUGH: usize = 8 * AT_ONCE;
/// In their payloads.
const ENOUGH_BYTES: usize = 8 * 1024 * 1024;

/// What a partition's batch came to.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) generation: u64,
    pub(super) end: End,
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All of it is settled, up to this offset.
    Settled(i64),
    /// What is at this offset has to come again after this time.
    Again(i64, Duration),
    /// The database went back in time, to this offset; to before the partition was begun where there is none.
    WentBack(Option<i64>),
}

/// Where a partition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// It was assigned: the client begins at the broker's offset, and it is not known yet whether that is right.
    Assigned,
    /// It is not known where it goes on. What arrives is of another place.
    Lost,
    /// It goes on at this offset, from this time on. What arrives before that is of another place.
    Waits(i64, Instant),
    /// What is handled next follows this offset.
    Goes(i64),
}

/// One partition of this consumer.
#[derive(Debug)]
pub(super) struct Lane {
    /// Tells batches of this assignment from those of an earlier one.
    pub(super) generation: u64,
    fetched: VecDeque<OwnedMessage>,
    bytes: usize,
    pub(super) busy: bool,
    paused: bool,
    stand: Stand,
    /// What may be committed and is not yet.
    pub(super) settled: Option<i64>,
}

/// What is handled next of a partition.
pub(super) struct Next {
    /// The offset that it follows.
    pub(super) follows: i64,
    pub(super) messages: Vec<OwnedMessage>,
    pub(super) flow: Option<Flow>,
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
        let stand = Stand::Assigned;
        Self { generation, fetched: VecDeque::new(), bytes: 0, busy: false, paused: false, stand, settled: None }
    }

    /// Takes a message in.
    pub(super) fn push(&mut self, message: OwnedMessage) -> Option<Flow> {
        // Fetched before the pause took hold; the seek brings it again.
        if matches!(self.stand, Stand::Waits(..) | Stand::Lost) {
            return None;
        }
        self.bytes += size(&message);
        self.fetched.push_back(message);
        let enough = self.fetched.len() >= ENOUGH || self.bytes >= ENOUGH_BYTES;
        (enough && !std::mem::replace(&mut self.paused, true)).then_some(Flow::Pause)
    }

    /// Whether it has less than a batch, and takes more.
    pub(super) fn is_hungry(&self) -> bool {
        !self.paused && self.fetched.len() < AT_ONCE
    }

    /// What is handled next, where nothing is being handled.
    pub(super) fn batch(&mut self) -> Option<Next> {
        let Stand::Goes(follows) = self.stand else { return None };
        if self.busy || self.fetched.is_empty() {
            return None;
        }
        self.busy = true;
        let count = self.fetched.len().min(AT_ONCE);
        let messages: Vec<OwnedMessage> = self.fetched.drain(..count).collect();
        self.bytes -= messages.iter().map(size).sum::<usize>();
        let little = self.fetched.len() < ENOUGH / 2 && self.bytes < ENOUGH_BYTES / 2;
        let resumes = little && std::mem::take(&mut self.paused);
        Some(Next { follows, messages, flow: resumes.then_some(Flow::Resume) })
    }

    /// Takes the end of a batch in.
    pub(super) fn complete(&mut self, end: End, now: Instant) -> Option<Flow> {
        self.busy = false;
        match end {
            End::Settled(next) => {
                self.settled = Some(next);
                self.stand = Stand::Goes(next);
                None
            }
            End::Again(next, after) => {
                self.settled = Some(next);
                self.restart(next, now + after)
            }
            End::WentBack(Some(next)) => {
                self.settled = Some(next);
                self.restart(next, now)
            }
            End::WentBack(None) => {
                self.settled = None;
                self.forget();
                self.stand = Stand::Lost;
                None
            }
        }
    }

    /// Begins at an offset. A client that stands there already is not told to go there: right after it was assigned a partition
    /// it may take that and wait, until it hears of the partition's leader again.
    pub(super) fn begin(&mut self, offset: i64, is_brokers: bool, now: Instant) -> Option<Flow> {
        if self.stand == Stand::Assigned && is_brokers {
            self.stand = Stand::Goes(offset);
            return None;
        }
        self.restart(offset, now)
    }

    /// Goes on at an offset, later. What comes again comes from the broker: all that was fetched is let go.
    pub(super) fn restart(&mut self, offset: i64, at: Instant) -> Option<Flow> {
        #[cfg(portolan_faults)]
        crate::faults::sleep_until(at);
        self.forget();
        self.stand = Stand::Waits(offset, at);
        (!std::mem::replace(&mut self.paused, true)).then_some(Flow::Pause)
    }

    fn forget(&mut self) {
        self.fetched.clear();
        self.bytes = 0;
    }

    /// The offset to go on at, when the wait is over.
    pub(super) fn due(&self, now: Instant) -> Option<i64> {
        match self.stand {
            Stand::Waits(offset, at) if at <= now => Some(offset),
            _ => None,
        }
    }

    /// The client stands at this offset.
    pub(super) fn go(&mut self, offset: i64) {
        self.stand = Stand::Goes(offset);
        self.paused = false;
    }

    /// What was committed may not have arrived: it is committed again, as far as it has come by now.
    pub(super) fn commit_again(&mut self) {
        if let (None, Stand::Goes(offset) | Stand::Waits(offset, _)) = (self.settled, self.stand) {
            self.settled = Some(offset);
        }
    }

    /// The offset that it has come to, where it has nothing to do.
    pub(super) fn idle(&self) -> Option<i64> {
        match self.stand {
            Stand::Goes(offset) if !self.busy && self.fetched.is_empty() => Some(offset),
            _ => None,
        }
    }
}

fn size(message: &OwnedMessage) -> usize {
    message.payload().map_or(0, <[u8]>::len)
}

#[cfg(test)]
mod tests {
    use rdkafka::Timestamp;

    use super::*;

    fn message(offset: i64) -> OwnedMessage {
        OwnedMessage::new(None, None, "t".to_owned(), Timestamp::NotAvailable, 0, offset, None)
    }

    fn lane() -> Lane {
        let mut lane = Lane::new(1);
        lane.go(0);
        lane
    }

    #[test]
    fn a_full_partition_is_paused_until_it_is_half_empty() {
        let mut lane = lane();
        let flows: Vec<_> = (0..4100).filter_map(|offset| lane.push(message(offset))).collect();
        assert_eq!(flows, [Flow::Pause], "once");
        let first = lane.batch().unwrap();
        assert_eq!((first.follows, first.messages.len(), first.flow), (0, 500, None));
        assert!(lane.batch().is_none(), "one at a time");
        let mut resumed = Vec::new();
        for end in [500, 1000, 1500, 2000, 2500] {
            lane.complete(End::Settled(end), Instant::now());
            let next = lane.batch().unwrap();
            resumed.extend(next.flow.map(|flow| (next.follows, flow)));
        }
        assert_eq!(resumed, [(2000, Flow::Resume)]);
    }

    #[test]
    fn few_large_messages_are_enough_and_little_is_less_than_a_batch() {
        let large = || {
            let payload = Some(vec![0; 5 << 20]);
            OwnedMessage::new(payload, None, "t".to_owned(), Timestamp::NotAvailable, 0, 0, None)
        };
        let mut lane = lane();
        assert_eq!((lane.push(large()), lane.is_hungry()), (None, true));
        assert_eq!((lane.push(large()), lane.is_hungry()), (Some(Flow::Pause), false));
        assert_eq!(lane.batch().unwrap().flow, Some(Flow::Resume));
        assert!(lane.is_hungry());
    }

    #[test]
    fn what_comes_again_is_fetched_again() {
        let mut lane = lane();
        for offset in 0..3 {
            lane.push(message(offset));
        }
        let now = Instant::now();
        lane.batch().unwrap();
        lane.push(message(3));
        assert_eq!(lane.complete(End::Again(1, Duration::from_secs(1)), now), Some(Flow::Pause));
        assert!(lane.push(message(4)).is_none() && lane.batch().is_none());
        assert_eq!(lane.due(now), None);
        assert_eq!(lane.due(now + Duration::from_secs(1)), Some(1));
        lane.go(1);
        assert!(lane.batch().is_none(), "nothing is left of what was fetched before");
        assert_eq!(lane.idle(), Some(1));
    }

    #[test]
    fn a_commit_that_is_made_again_never_goes_back() {
        let (mut lane, now) = (lane(), Instant::now());
        lane.push(message(0));
        lane.batch().unwrap();
        lane.complete(End::Settled(1), now);
        assert_eq!(lane.settled.take(), Some(1));
        lane.commit_again();
        assert_eq!(lane.settled, Some(1));
        lane.complete(End::Settled(2), now);
        lane.commit_again();
        assert_eq!(lane.settled, Some(2), "what is further is not taken back");
        lane.settled = None;
        lane.complete(End::WentBack(None), now);
        lane.commit_again();
        assert_eq!(lane.settled, None, "it is not known where it stands");
    }

    #[test]
    fn nothing_is_handled_before_the_place_is_known() {
        let now = Instant::now();
        let mut behind = Lane::new(1);
        behind.push(message(7));
        assert!(behind.batch().is_none() && behind.idle().is_none());
        assert_eq!(behind.begin(5, false, now), Some(Flow::Pause));
        assert_eq!((behind.due(now), behind.batch().is_none()), (Some(5), true));

        let mut lane = Lane::new(1);
        lane.push(message(5));
        assert_eq!(lane.begin(5, true, now), None);
        assert_eq!(lane.batch().unwrap().messages.len(), 1);
        lane.push(message(6));
        lane.complete(End::WentBack(None), now);
        lane.push(message(7));
        assert!(lane.batch().is_none() && lane.due(now).is_none());
        lane.begin(0, true, now);
        assert_eq!(lane.due(now), Some(0));
    }
}
