//! A batch of events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handler_contract::{Handler, Identity};

use crate::{Delivered, Trace, Verdict};

/// Events in the order in which they arrived.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) entries: Vec<Delivered>,
    traces: Option<Arc<Traces>>,
}

/// The traces of those that are handled in one of ours.
type Traces = BTreeMap<Identity, Trace>;

impl Batch {
    /// A batch of these.
    pub const fn new(entries: Vec<Delivered>) -> Self {
        Self { entries, traces: None }
    }

    /// With the traces that its events are handled in: what follows from one is told its own. The event itself stays as it came.
    #[must_use]
    pub fn traced(self, traces: BTreeMap<Identity, Trace>) -> Self {
        Self { traces: Some(Arc::new(traces)), ..self }
    }

    /// The trace that an event is handled in, where somebody traces.
    pub(crate) fn trace(&self, identity: &Identity) -> Option<&Trace> {
        self.traces.as_ref()?.get(identity)
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries.
    pub fn entries(&self) -> &[Delivered] {
        &self.entries
    }

    /// Who they are that the handler acts on, each once and sorted: two batches that lock the same keys lock them in the same
    /// order, so they cannot wait for each other.
    pub fn identities<H: Handler>(&self) -> BTreeSet<Identity> {
        let contract = H::contract();
        let acted = self.entries.iter().filter(|entry| match entry {
            Delivered::Event(event) => contract.acts_on(&event.topic, &event.kind),
            Delivered::Unreadable { .. } => true,
        });
        acted.map(|entry| entry.identity().clone()).collect()
    }

    /// Those that somebody brought back from the dead letters, each with the name of its replay. A handler that has given such
    /// an event up handles it anew, once for each replay; for all others it is what it was.
    pub fn replays<H: Handler>(&self) -> BTreeMap<Identity, String> {
        let contract = H::contract();
        let replays = self.entries.iter().filter_map(|entry| match entry {
            Delivered::Event(event) if contract.acts_on(&event.topic, &event.kind) => {
                Some((event.identity.clone(), event.replay()?.to_owned()))
            }
            _ => None,
        });
        replays.collect()
    }

    /// Who was given up.
    pub fn given_up(&self, verdicts: &[Verdict]) -> BTreeSet<Identity> {
        let answered = self.entries.iter().zip(verdicts);
        let given_up = answered.filter(|(_, verdict)| matches!(verdict, Verdict::DeadLettered { .. }));
        given_up.map(|(entry, _)| entry.identity().clone()).collect()
    }

    /// The aggregates that new events concern, sorted for the same reason.
    pub fn keys<H: Handler>(&self, handler: &H, new: &BTreeSet<Identity>) -> BTreeSet<H::Key> {
        let events = self.entries.iter().filter_map(|entry| match entry {
            Delivered::Event(event) if new.contains(&event.identity) => Some(event),
            _ => None,
        });
        events.filter_map(|event| handler.key(event).ok()).collect()
    }

    /// Two halves, for a store that refuses the whole. What the first holds, the second has to wait for: see [`Batch::fold`].
    pub fn halves(mut self) -> (Self, Self) {
        let second = self.entries.split_off(self.entries.len() / 2);
        let traces = self.traces.clone();
        (self, Self { entries: second, traces })
    }

    /// Parts in order, so that each suspect stands alone: should it end the process, no innocent is counted with it. Suspect is
    /// who has failed before, and whom another process has announced, however short ago: it may have ended with that process.
    pub fn isolate(self, suspects: &BTreeSet<Identity>) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        let mut alone = true;
        for entry in self.entries {
            let suspect = suspects.contains(entry.identity());
            match parts.last_mut() {
                Some(part) if !alone && !suspect => part.entries.push(entry),
                _ => parts.push(Self { entries: vec![entry], traces: self.traces.clone() }),
            }
            alone = suspect;
        }
        parts
    }
}
