//! What is durable.

use crate::ledger::Seen;
use crate::set::Set;
use crate::world::World;

/// What is durable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Database {
    pub(crate) inbox: Set,
    pub(crate) aggregates: Vec<Seen>,
    /// The rows that events appended.
    pub(crate) appended: Set,
    /// One of them was appended again.
    pub(crate) twice: bool,
    /// A row of the outbox had another id than its cause gives it.
    pub(crate) unstable: bool,
    pub(crate) letters: Set,
    pub(crate) discarded: Set,
    pub(crate) attempts: Vec<usize>,
    /// How many processes ended with an event announced and were not looked at yet.
    pub(crate) orphans: Vec<usize>,
    pub(crate) outbox: Vec<Row>,
    /// The number of the next row; no transaction takes it back.
    pub(crate) next: usize,
    /// Up to where a relay that goes by numbers has sent.
    pub(crate) cursor: usize,
    /// The first offset of each partition that is not settled, where offsets are stored.
    pub(crate) offsets: Vec<usize>,
    /// A mark that each transaction on a partition leaves there, never the same.
    pub(crate) marks: Vec<usize>,
}

/// A row of the outbox: the event that an event caused, or its dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) event: usize,
    pub(crate) letter: bool,
}

/// What a part comes to, not committed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Transaction {
    /// The events whose inbox keys stay.
    pub(crate) inserted: Set,
    pub(crate) changed: Vec<(usize, Seen)>,
    pub(crate) appended: Set,
    pub(crate) unstable: bool,
    pub(crate) letters: Set,
    pub(crate) discarded: Set,
    pub(crate) failed: Vec<(usize, usize)>,
    pub(crate) rows: Vec<Row>,
    /// The entries that have to come again.
    pub(crate) open: Vec<(usize, usize)>,
    pub(crate) held: Set,
    /// The first offset of each partition that is not settled then.
    pub(crate) offsets: Vec<usize>,
}

impl Database {
    pub(crate) fn of(world: &World) -> Self {
        Self {
            inbox: Set::default(),
            aggregates: vec![Seen::default(); world.keys().len()],
            appended: Set::default(),
            twice: false,
            unstable: false,
            letters: Set::default(),
            discarded: Set::default(),
            attempts: vec![0; world.events.len()],
            orphans: vec![0; world.events.len()],
            outbox: Vec::new(),
            next: 1,
            cursor: 0,
            offsets: vec![0; world.logs.len()],
            marks: vec![0; world.logs.len()],
        }
    }

    /// The events that have their effect, their dead letter or their discard.
    pub(crate) fn settled(&self) -> Set {
        self.appended.or(self.letters).or(self.discarded)
    }

    /// The effects: all of a transaction but its inbox keys.
    pub(crate) fn commit(&mut self, transaction: &Transaction) {
        let gone = transaction.appended.or(transaction.letters).or(transaction.discarded);
        self.twice |= !gone.and(self.settled()).is_empty();
        self.unstable |= transaction.unstable;
        for (key, seen) in &transaction.changed {
            self.aggregates[*key] = *seen;
        }
        self.appended = self.appended.or(transaction.appended);
        self.letters = self.letters.or(transaction.letters);
        self.discarded = self.discarded.or(transaction.discarded);
        for event in gone.iter() {
            self.attempts[event] = 0;
        }
        for (event, attempts) in &transaction.failed {
            self.attempts[*event] = self.attempts[*event].max(*attempts);
        }
        for (stored, offset) in self.offsets.iter_mut().zip(&transaction.offsets) {
            *stored = (*stored).max(*offset);
        }
    }

    /// The rows that wait to leave.
    pub(crate) fn waiting(&self) -> Set {
        self.outbox.iter().filter(|row| !row.letter).map(|row| row.event).collect()
    }
}
