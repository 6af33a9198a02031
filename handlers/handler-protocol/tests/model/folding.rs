//! What the code under test decides.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use handler_protocol::{Backoff, Batch, Folded, Limits, Outgoing, Standing, Verdict, What};

use crate::database::{Row, Transaction};
use crate::fault::Fault;
use crate::ledger::{Ledger, Seen, number};
use crate::set::Set;
use crate::state::{Part, Phase, State};
use crate::world::World;

impl Part {
    /// The part as the runtime has it.
    pub(crate) fn batch(&self, world: &World) -> Batch {
        let entries =
            self.entries.iter().map(|(partition, offset)| world.entry(world.logs[*partition][*offset]).clone());
        Batch::new(entries.collect())
    }

    pub(crate) fn partitions(&self) -> Set {
        self.entries.iter().map(|(partition, _)| *partition).collect()
    }

    fn split(self, lengths: impl IntoIterator<Item = usize>) -> Vec<Self> {
        let mut rest = self.entries.into_iter();
        let part = |length| Self { entries: rest.by_ref().take(length).collect(), ..Self::default() };
        lengths.into_iter().map(part).collect()
    }

    pub(crate) fn isolate(self, world: &World, suspects: Set) -> Vec<Self> {
        if suspects.is_empty() {
            return vec![self];
        }
        let identities = suspects.iter().map(|event| world.identity(event).clone()).collect();
        let parts = self.batch(world).isolate(&identities);
        let mut parts = self.split(parts.iter().map(Batch::len));
        for part in &mut parts {
            part.suspect = !State::events(world, part).and(suspects).is_empty();
        }
        parts
    }

    /// The halves of what the database refuses; what cannot be halved is refused for itself.
    pub(crate) fn halves(self, world: &World) -> Vec<Self> {
        if self.entries.len() == 1 {
            return vec![Self { refused: true, ..self }];
        }
        let (first, second) = self.batch(world).halves();
        self.split([first.len(), second.len()])
    }
}

impl State {
    /// What the part in hand comes to, or the event that ends the process.
    pub(crate) fn fold(&mut self, world: &World, process: usize, unkind: bool) -> Result<Transaction, usize> {
        let Some(work) = &self.processes[process].work else { return Ok(Transaction::default()) };
        let (part, phase) = (&work.parts[0], &work.phase);
        let ledger = Ledger { unkind, ..Ledger::default() };
        let batch = part.batch(world);
        let events = State::events(world, part);
        let new = if world.is(Fault::NoInbox) { events } else { events.without(self.database.inbox) };
        let identities = |set: Set| set.iter().map(|event| world.identity(event).clone());
        let attempts = identities(events).zip(events.iter().map(|event| self.database.attempts[event]));
        let attempts =
            attempts.filter(|(_, attempts)| *attempts > 0).map(|(identity, attempts)| (identity, count(attempts)));
        let standing = Standing { new: identities(new).collect(), attempts: attempts.collect() };
        let aggregates = if let Phase::Read(read) = phase { read } else { &self.database.aggregates };
        let loaded: BTreeMap<usize, Seen> =
            batch.keys(&ledger, &standing.new).into_iter().map(|key| (key, aggregates[key])).collect();
        let held = work.held.iter().map(|key| (key, Duration::from_secs(1))).collect();
        let limits = Limits { attempts: count(world.attempts), backoff: Backoff::default() };
        let folded = if part.refused {
            batch.refused(&ledger, limits, &standing, held, "the database refuses it")
        } else {
            batch.fold(&ledger, limits, &standing, loaded, held)
        };
        if let Some(event) = ledger.ended.load(Ordering::Relaxed).checked_sub(1) {
            return Err(event);
        }
        let mut transaction = transaction(world, &part.entries, &folded);
        transaction.inserted = new.without(again(&folded).collect());
        let mut open = work.open.clone();
        for (partition, offset) in &transaction.open {
            open[*partition] = Some(open[*partition].unwrap_or(*offset).min(*offset));
        }
        transaction.offsets = if world.offsets { offsets(part, &open) } else { Vec::new() };
        let next = self.database.next;
        for (row, number) in transaction.rows.iter_mut().zip(next..) {
            row.number = if world.relayed { number } else { 0 };
        }
        if world.relayed {
            self.database.next += transaction.rows.len();
        }
        Ok(transaction)
    }
}

fn count(attempts: usize) -> u32 {
    attempts.try_into().unwrap()
}

fn again(folded: &Folded<Ledger>) -> impl Iterator<Item = usize> {
    folded.failed.iter().map(|failed| &failed.identity).chain(&folded.waiting).map(number)
}

/// The first offset that is not settled after a part, for each partition that it has entries of. Others were not looked at.
fn offsets(part: &Part, open: &[Option<usize>]) -> Vec<usize> {
    let mut offsets = vec![0; open.len()];
    for (partition, offset) in &part.entries {
        offsets[*partition] = open[*partition].unwrap_or(offset + 1);
    }
    offsets
}

fn transaction(world: &World, entries: &[(usize, usize)], folded: &Folded<Ledger>) -> Transaction {
    let mut transaction = Transaction {
        changed: folded.changed.iter().map(|(key, seen)| (*key, *seen)).collect(),
        appended: folded.appended.iter().copied().collect(),
        failed: folded
            .failed
            .iter()
            .map(|failed| (number(&failed.identity), failed.attempts.try_into().unwrap()))
            .collect(),
        held: folded.held.keys().copied().collect(),
        ..Transaction::default()
    };
    for ((partition, offset), verdict) in entries.iter().zip(&folded.verdicts) {
        let event = world.logs[*partition][*offset];
        match verdict {
            Verdict::Discarded { .. } => transaction.discarded.insert(event),
            Verdict::DeadLettered { .. } => transaction.letters.insert(event),
            verdict if !verdict.is_final() => transaction.open.push((*partition, *offset)),
            _ => {}
        }
    }
    let mut rows = transaction.appended.or(transaction.letters);
    for outgoing in &folded.outgoing {
        let (event, letter) = whose(world, rows, outgoing);
        transaction.unstable |= event.is_none();
        if let Some(event) = event {
            rows = rows.without([event].into_iter().collect());
            transaction.rows.push(Row { number: 0, event, letter });
        }
    }
    transaction
}

/// The event that a row follows from, by the row's id.
fn whose(world: &World, rows: Set, outgoing: &Outgoing) -> (Option<usize>, bool) {
    let letter = matches!(outgoing.what, What::DeadLetter(_));
    (rows.iter().find(|event| world.is_id_of(&outgoing.id, *event, letter)), letter)
}
