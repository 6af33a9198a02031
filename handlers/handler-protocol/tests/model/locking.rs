//! Who waits for whom.

use handler_protocol::Batch;

use crate::fault::Fault;
use crate::ledger::{Ledger, number};
use crate::set::Set;
use crate::state::{Part, Phase, State};
use crate::world::World;

/// What a transaction waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// A stored offset.
    Partition(usize),
    /// The inbox key of an event.
    Event(usize),
    /// An aggregate.
    Key(usize),
}

impl State {
    /// Whether a transaction for the part in hand has nobody to wait for.
    pub(crate) fn is_free(&self, world: &World, process: usize) -> bool {
        let (partitions, events, keys) = self.wanted_locks(world, process);
        let others = (0..self.processes.len()).filter(|other| *other != process);
        let mut open = others.filter(|other| self.is_open(*other)).map(|other| self.wanted_locks(world, other));
        open.all(|theirs| {
            [(partitions, theirs.0), (events, theirs.1), (keys, theirs.2)].iter().all(|(a, b)| a.and(*b).is_empty())
        })
    }

    fn is_open(&self, process: usize) -> bool {
        self.processes[process].work.as_ref().is_some_and(|work| matches!(work.phase, Phase::Written(_)))
    }

    /// The stored offsets, the inbox keys and the aggregates that the part in hand locks.
    fn wanted_locks(&self, world: &World, process: usize) -> (Set, Set, Set) {
        let part = self.processes[process].work.as_ref().and_then(|work| work.parts.first());
        let events = part.map(|part| State::events(world, part)).unwrap_or_default();
        let new = events.without(self.database.inbox);
        let stored =
            |key: &usize| !world.is(Fault::AbsentUnlocked) || !self.database.aggregates[*key].events.is_empty();
        let keys = new.iter().map(|event| world.key(event)).filter(stored).collect();
        let partitions = part.filter(|_| world.offsets).map(Part::partitions).unwrap_or_default();
        (partitions, if world.is(Fault::NoInbox) { Set::default() } else { new }, keys)
    }

    /// The locks of the part in hand in the order in which they are taken.
    fn locks(&self, world: &World, process: usize) -> Vec<Lock> {
        let Some(part) = self.processes[process].work.as_ref().and_then(|work| work.parts.first()) else {
            return Vec::new();
        };
        let batch = part.batch(world);
        let is_new = |event: &usize| !self.database.inbox.has(*event);
        let mut events: Vec<usize> = batch.identities::<Ledger>().iter().map(number).filter(is_new).collect();
        if world.is(Fault::Unsorted) {
            events = batch.entries().iter().map(|entry| number(entry.identity())).filter(is_new).collect();
        }
        let new = events.iter().map(|event| world.identity(*event).clone()).collect();
        let keys = Batch::keys(&batch, &Ledger::default(), &new);
        let partitions = if world.offsets { part.partitions() } else { Set::default() };
        let partitions = partitions.iter().map(Lock::Partition);
        partitions.chain(events.into_iter().map(Lock::Event)).chain(keys.into_iter().map(Lock::Key)).collect()
    }

    /// The lock that is taken next, where they are taken one by one.
    pub(crate) fn next_lock(&self, world: &World, process: usize) -> Option<Lock> {
        let taken = match &self.processes[process].work.as_ref()?.phase {
            Phase::Announced => 0,
            Phase::Locking(taken) => *taken,
            _ => return None,
        };
        self.locks(world, process).get(taken).copied()
    }

    /// Who else has a lock.
    pub(crate) fn holder(&self, world: &World, process: usize, lock: Lock) -> Option<usize> {
        let others = (0..self.processes.len()).filter(|other| *other != process);
        others.into_iter().find(|other| {
            let taken = match self.processes[*other].work.as_ref().map(|work| &work.phase) {
                Some(Phase::Locking(taken)) => *taken,
                Some(Phase::Written(_)) => usize::MAX,
                _ => return false,
            };
            self.locks(world, *other).into_iter().take(taken).any(|held| held == lock)
        })
    }

    /// Whether a process waits for one that waits for it.
    pub(crate) fn is_deadlocked(&self, world: &World) -> bool {
        let waits = |process: usize| self.holder(world, process, self.next_lock(world, process)?);
        (0..self.processes.len()).any(|process| waits(process).is_some_and(|other| waits(other) == Some(process)))
    }
}
