//! What a run starts from.

use std::ops::Range;

use handler_contract::Identity;
use handler_protocol::Delivered;

use crate::fault::Fault;
use crate::ledger;
use crate::set::Set;

/// What an event does to its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It is handled.
    Plain,
    /// It ends the process.
    Poison,
    /// It asks to come again, each time.
    Hopeless,
    /// It may ask to come again.
    Flaky,
    /// It is handled, and the database refuses what comes of it.
    Refused,
    /// It concerns nobody.
    Discarded,
}

/// How often the world may still be unkind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Unkindness {
    /// A process ends.
    pub(crate) crashes: usize,
    /// Another process looks before a second has passed since one ended.
    pub(crate) quick: usize,
    /// Two processes announce at the same moment and do not see each other.
    pub(crate) blind: usize,
    /// A process is so slow that it is thrown out of its group and goes on without knowing.
    pub(crate) stalls: usize,
    /// A partition moves to another member.
    pub(crate) moves: usize,
    /// A flaky event asks to come again.
    pub(crate) retries: usize,
    /// A transaction is rolled back by the database.
    pub(crate) aborts: usize,
    /// A transaction is committed and its process does not hear of it.
    pub(crate) unheard: usize,
    /// A row is not delivered.
    pub(crate) undelivered: usize,
    /// A relay loses its lock and goes on without knowing.
    pub(crate) unlocked: usize,
    /// The time to drain is over before all is drained.
    pub(crate) deadlines: usize,
    /// The database goes back to where it was.
    pub(crate) restores: usize,
}

/// What a run starts from, and what may happen in it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) name: &'static str,
    /// The key and the nature of each event.
    pub(crate) events: Vec<(usize, Nature)>,
    /// The events of each partition. One may be there twice: its producer's relay sent it again.
    pub(crate) logs: Vec<Vec<usize>>,
    /// The carrier of each process. Each carrier brings all partitions, with positions of its own.
    pub(crate) processes: Vec<usize>,
    /// How many batches a process has in hand at once. So many of `processes` in a row are one: its hands.
    pub(crate) hands: usize,
    /// How many entries of a partition are taken at once, at most.
    pub(crate) batch: usize,
    /// After so many attempts an event is a dead letter.
    pub(crate) attempts: usize,
    /// Whether rows leave by a relay, step by step; otherwise they have arrived when they are committed.
    pub(crate) relayed: bool,
    /// Whether locks are taken one by one.
    pub(crate) stepwise: bool,
    /// Whether offsets are stored with the effects, as far as this world can see: not where a second carrier has none.
    pub(crate) offsets: bool,
    /// Whether there are no processes while there is nothing to do, and whether rows that wait are something to do.
    pub(crate) scaled: Option<bool>,
    pub(crate) unkindness: Unkindness,
    pub(crate) fault: Option<Fault>,
    delivered: Vec<Delivered>,
    letters: Vec<String>,
    published: Vec<String>,
    sets: Sets,
}

/// Sets of events that do not change.
#[derive(Clone, Debug, Default)]
struct Sets {
    keys: Vec<Set>,
    ordered: Set,
    guilty: Set,
    all: Set,
}

impl Sets {
    fn of(events: &[(usize, Nature)], logs: &[Vec<usize>], keys: usize) -> Self {
        let all = || 0..events.len();
        let is_guilty = |event: &usize| !matches!(events[*event].1, Nature::Plain | Nature::Discarded);
        let is_in = |key: usize, log: &Vec<usize>| log.iter().any(|event| events[*event].0 == key);
        Self {
            keys: (0..keys).map(|key| all().filter(|event| events[*event].0 == key).collect()).collect(),
            ordered: (0..keys).filter(|key| logs.iter().filter(|log| is_in(*key, log)).count() == 1).collect(),
            guilty: all().filter(is_guilty).collect(),
            all: all().collect(),
        }
    }
}

impl World {
    /// Two processes of one carrier, and nothing unkind.
    pub(crate) fn new(name: &'static str, events: &[(usize, Nature)], logs: &[&[usize]]) -> Self {
        let logs: Vec<Vec<usize>> = logs.iter().map(|log| log.to_vec()).collect();
        let count = events.iter().map(|(key, _)| key + 1).max().unwrap_or_default();
        let sets = Sets::of(events, &logs, count);
        Self {
            name,
            events: events.to_vec(),
            logs,
            processes: vec![0, 0],
            hands: 1,
            batch: 2,
            attempts: 2,
            relayed: false,
            stepwise: false,
            offsets: false,
            scaled: None,
            unkindness: Unkindness::default(),
            fault: None,
            delivered: events
                .iter()
                .enumerate()
                .map(|(event, (key, nature))| ledger::delivered(event, *key, *nature))
                .collect(),
            letters: (0..events.len()).map(ledger::id_of_letter).collect(),
            published: (0..events.len()).map(ledger::id_of_publication).collect(),
            sets,
        }
    }

    pub(crate) fn is(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// All hands of the process that has this one.
    pub(crate) fn hands(&self, hand: usize) -> Range<usize> {
        let first = hand - hand % self.hands;
        first..first + self.hands
    }

    /// Whether two are hands of one process.
    pub(crate) fn is_one(&self, hand: usize, other: usize) -> bool {
        self.hands(hand).contains(&other)
    }

    pub(crate) fn entry(&self, event: usize) -> &Delivered {
        &self.delivered[event]
    }

    pub(crate) fn identity(&self, event: usize) -> &Identity {
        self.delivered[event].identity()
    }

    pub(crate) fn key(&self, event: usize) -> usize {
        self.events[event].0
    }

    pub(crate) fn nature(&self, event: usize) -> Nature {
        self.events[event].1
    }

    /// The events of each key.
    pub(crate) fn keys(&self) -> &[Set] {
        &self.sets.keys
    }

    /// Who may be a dead letter.
    pub(crate) fn guilty(&self) -> Set {
        self.sets.guilty
    }

    pub(crate) fn all(&self) -> Set {
        self.sets.all
    }

    /// Whether an id is the one that the row of an event has at each repetition.
    pub(crate) fn is_id_of(&self, id: &str, event: usize, letter: bool) -> bool {
        let ids = if letter { &self.letters } else { &self.published };
        ids[event] == id
    }

    /// Whether all events of a key are in one partition, and so in order.
    pub(crate) fn is_ordered(&self, key: usize) -> bool {
        self.sets.ordered.has(key)
    }
}
