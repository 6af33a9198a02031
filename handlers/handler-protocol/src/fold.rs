//! The fold itself.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use handler_contract::{Contract, Event, Handler, Identity, Outcome, derived_id};

use crate::cause::{order_of, trace_of};
use crate::outgoing::What;
use crate::{Attempt, Backoff, Batch, Cause, DeadLetter, Delivered, Folded, Outgoing, Verdict};

/// How often an event is tried, and how long it waits between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// After so many attempts an event goes to the dead-letter topic. Default: 10.
    pub attempts: u32,
    /// The waits between.
    pub backoff: Backoff,
}

impl Default for Limits {
    fn default() -> Self {
        Self { attempts: 10, backoff: Backoff::default() }
    }
}

/// What the store knows of a batch's events; read in the transaction, after the inbox insert.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Those that were not handled before.
    pub new: BTreeSet<Identity>,
    /// How often those were tried that failed before.
    pub attempts: BTreeMap<Identity, u32>,
}

impl Batch {
    /// Handles the events in their order. Those that were handled before are left alone. After one that has to come again,
    /// the later ones of its key wait for it, and so do those of the keys that an earlier part of the batch `held`.
    pub fn fold<H: Handler>(
        &self,
        handler: &H,
        limits: Limits,
        standing: &Standing,
        loaded: BTreeMap<H::Key, H::Aggregate>,
        held: BTreeMap<H::Key, Duration>,
    ) -> Folded<H> {
        let folded = Folded { held, ..Folded::default() };
        let contract = H::contract();
        Fold { handler, contract, limits, standing, batch: self, loaded, refused: None, folded }.all()
    }

    /// What becomes of events that the store refuses, one as a rule: none is handled, each has failed an attempt.
    pub fn refused<H: Handler>(
        &self,
        handler: &H,
        limits: Limits,
        standing: &Standing,
        held: BTreeMap<H::Key, Duration>,
        reason: &str,
    ) -> Folded<H> {
        let folded = Folded { held, ..Folded::default() };
        let (contract, loaded) = (H::contract(), BTreeMap::new());
        Fold { handler, contract, limits, standing, batch: self, loaded, refused: Some(reason), folded }.all()
    }
}

struct Fold<'a, H: Handler> {
    handler: &'a H,
    contract: Contract,
    limits: Limits,
    standing: &'a Standing,
    batch: &'a Batch,
    loaded: BTreeMap<H::Key, H::Aggregate>,
    refused: Option<&'a str>,
    folded: Folded<H>,
}

impl<H: Handler> Fold<'_, H> {
    fn all(mut self) -> Folded<H> {
        let mut answered: BTreeMap<&Identity, Verdict> = BTreeMap::new();
        for entry in &self.batch.entries {
            let verdict = match answered.get(entry.identity()) {
                // The same event twice in one batch: once is enough.
                Some(verdict) if verdict.is_final() => Verdict::Seen,
                Some(verdict) => verdict.clone(),
                None => self.judge(entry),
            };
            answered.insert(entry.identity(), verdict.clone());
            self.folded.verdicts.push(verdict);
        }
        self.folded
    }

    fn judge(&mut self, entry: &Delivered) -> Verdict {
        let event = match entry {
            Delivered::Event(event) if !self.contract.acts_on(&event.topic, &event.kind) => return Verdict::Ignored,
            _ if !self.standing.new.contains(entry.identity()) => return Verdict::Seen,
            Delivered::Event(event) => event,
            Delivered::Unreadable { reason, .. } => return self.give_up(entry, reason.clone(), 0),
        };
        let key = match self.handler.key(event) {
            Ok(key) => key,
            Err(refusal) => return self.give_up(entry, refusal.to_string(), 0),
        };
        if let Some(&after) = self.folded.held.get(&key) {
            self.folded.waiting.push(event.identity.clone());
            return Verdict::Held { after };
        }
        let attempts = self.standing.attempts.get(&event.identity).copied().unwrap_or(0);
        if attempts >= self.limits.attempts {
            return self.give_up(entry, "its last attempt ended the process".to_owned(), attempts);
        }
        match self.attempt(&key, event) {
            Outcome::Done(effects) => {
                let trace = self.batch.trace(&event.identity);
                self.folded.take(&Cause::event(self.contract.service, event, trace), effects);
                Verdict::Done
            }
            Outcome::Discard { reason } => Verdict::Discarded { reason },
            Outcome::Retry { reason, .. } if attempts + 1 >= self.limits.attempts => {
                self.give_up(entry, reason, attempts + 1)
            }
            Outcome::Retry { reason, after } => {
                let after = self.limits.backoff.after(attempts + 1, after);
                self.folded.held.insert(key, after);
                let identity = event.identity.clone();
                self.folded.failed.push(Attempt { identity, attempts: attempts + 1, reason: reason.clone() });
                Verdict::Retry { reason, after }
            }
        }
    }

    /// Handles an event on a copy: what a handler changed before it said "not now", or before it panicked, is forgotten.
    fn attempt(&mut self, key: &H::Key, event: &Event) -> Outcome<H::Row> {
        if let Some(reason) = self.refused {
            return Outcome::retry(reason, Duration::ZERO);
        }
        let before = self.folded.changed.get(key).or_else(|| self.loaded.get(key));
        let mut aggregate = before.cloned().unwrap_or_default();
        let handled = catch_unwind(AssertUnwindSafe(|| self.handler.handle(&mut aggregate, event)));
        let outcome = handled.unwrap_or_else(|_| Outcome::retry("the handler panicked", Duration::ZERO));
        if matches!(outcome, Outcome::Done(_)) {
            self.folded.changed.insert(key.clone(), aggregate);
        }
        outcome
    }

    /// The runtime's dead letter: stored with the rest, so that it is neither lost nor sent for an event that comes again.
    fn give_up(&mut self, entry: &Delivered, reason: String, attempts: u32) -> Verdict {
        let (message, key, trace) = match entry {
            Delivered::Event(event) => (
                serde_json::to_vec(event).unwrap_or_default(),
                order_of(event).to_owned(),
                trace_of(event, self.batch.trace(&event.identity)),
            ),
            Delivered::Unreadable { bytes, key, .. } => (bytes.clone(), key.clone(), (None, None)),
        };
        let [traceparent, tracestate] = [trace.0, trace.1].map(|told| told.map(str::to_owned));
        let handler = self.contract.service.to_owned();
        let topic = entry.topic().to_owned();
        let letter = DeadLetter { topic, handler: handler.clone(), reason: reason.clone(), attempts, message };
        // Of a name that no effect has, and of source and id both: an id alone is not unique.
        let id = derived_id(entry.identity(), &format!("{handler}/dead-letter"), 0);
        self.folded.outgoing.push(Outgoing { id, key, traceparent, tracestate, what: What::DeadLetter(letter) });
        Verdict::DeadLettered { reason }
    }
}
