//! What a batch comes to.

use std::collections::BTreeMap;
use std::time::Duration;

use handler_contract::{Handler, Identity, Push};

use crate::{Outgoing, Verdict};

/// What a batch comes to. All but `pushes` and `verdicts` is stored in one transaction; then come the pushes, then the answers.
pub struct Folded<H: Handler> {
    /// The aggregates as they are now; only those that an event was handled for.
    pub changed: BTreeMap<H::Key, H::Aggregate>,
    /// What is appended, in order.
    pub appended: Vec<H::Row>,
    /// What goes into the outbox, in order.
    pub outgoing: Vec<Outgoing>,
    /// What was tried and has to come again: its attempts are stored and its inbox key is taken away.
    pub failed: Vec<Attempt>,
    /// What has to come again after an earlier event of its key: its inbox key is taken away, its attempts stay as they are.
    pub waiting: Vec<Identity>,
    /// The keys whose later events have to wait, and how long at least; those that waited before are among them. The next part
    /// of the same batch is told.
    pub held: BTreeMap<H::Key, Duration>,
    /// What sessions are told once the rest is durable.
    pub pushes: Vec<Push>,
    /// The answer to each entry of the batch, in its order.
    pub verdicts: Vec<Verdict>,
}

/// An event that was tried and has to come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The event.
    pub identity: Identity,
    /// How often it was tried by now.
    pub attempts: u32,
    /// Why it was not handled.
    pub reason: String,
}

impl<H: Handler> Default for Folded<H> {
    fn default() -> Self {
        Self {
            changed: BTreeMap::new(),
            appended: Vec::new(),
            outgoing: Vec::new(),
            failed: Vec::new(),
            waiting: Vec::new(),
            held: BTreeMap::new(),
            pushes: Vec::new(),
            verdicts: Vec::new(),
        }
    }
}
