//! What a batch comes to.

use std::collections::BTreeMap;

use handler_contract::{Handler, Identity, Push};

use crate::{Held, Outgoing, Verdict};

/// What a batch comes to. All but `pushes` and `verdicts` is stored in one transaction; then come the pushes, then the answers.
pub struct Folded<H: Handler> {
    /// The aggregates as they are now; only those that an event was handled for.
    pub changed: BTreeMap<H::Key, H::Aggregate>,
    /// What is appended, in order.
    pub appended: Vec<H::Row>,
    /// What goes into the outbox, in order.
    pub outgoing: Vec<Outgoing>,
    /// What has to come again, and what is therefore not seen.
    pub again: Vec<Attempt>,
    /// The keys that wait now.
    pub held: Held<H>,
    /// What sessions are told once the rest is durable.
    pub pushes: Vec<Push>,
    /// The answer to each entry of the batch, in its order.
    pub verdicts: Vec<Verdict>,
}

/// An event that has to come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The event.
    pub identity: Identity,
    /// How often it was tried; as before where it only waits for another one.
    pub attempts: u32,
    /// Why it was not handled; nothing where it only waits.
    pub reason: Option<String>,
}

impl<H: Handler> Default for Folded<H> {
    fn default() -> Self {
        Self {
            changed: BTreeMap::new(),
            appended: Vec::new(),
            outgoing: Vec::new(),
            again: Vec::new(),
            held: BTreeMap::new(),
            pushes: Vec::new(),
            verdicts: Vec::new(),
        }
    }
}
