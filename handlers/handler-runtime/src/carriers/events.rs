//! Which carrier takes which event: topics of one service may go different ways.

use handler_protocol::{Outgoing, What};

use crate::aws::{BusCarrier, LetterCarrier};
use crate::destinations::Destinations;
use crate::relay::{Carried, Carrier};
use crate::transport::Ready;

/// Brings events and dead letters to where their topics are.
pub(crate) struct EventCarrier<O> {
    own: Option<O>,
    bus: Option<BusCarrier>,
    letters: Option<LetterCarrier>,
    destinations: Destinations,
}

/// A way that an event leaves by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The transport's own: its sidecar, or its broker.
    Own,
    /// A bus in EventBridge.
    Bus,
    /// A queue in SQS.
    Queue,
}

impl<O: Carrier> EventCarrier<O> {
    /// Of what the transport has itself, of what puts events on a bus, and of what sends dead letters to a queue.
    pub(crate) const fn new(
        own: Option<O>,
        bus: Option<BusCarrier>,
        letters: Option<LetterCarrier>,
        destinations: Destinations,
    ) -> Self {
        Self { own, bus, letters, destinations }
    }

    fn way(&self, row: &Outgoing) -> Way {
        let has_queue = |topic: &str| self.destinations.queue(&format!("{topic}.dlq")).is_some();
        match &row.what {
            What::Publish { topic, .. } if self.destinations.bus(topic).is_some() => Way::Bus,
            What::DeadLetter(letter) if has_queue(&letter.topic) => Way::Queue,
            _ => Way::Own,
        }
    }

    async fn carry_run(&self, way: Way, rows: &[Outgoing]) -> Vec<Carried> {
        match way {
            Way::Own => self.own.carry(rows).await,
            Way::Bus => self.bus.carry(rows).await,
            Way::Queue => self.letters.carry(rows).await,
        }
    }
}

impl<O: Carrier> Carrier for EventCarrier<O> {
    /// Rows that follow each other and go one way go together.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = Vec::with_capacity(rows.len());
        for run in rows.chunk_by(|one, next| self.way(one) == self.way(next)) {
            let Some(first) = run.first() else { continue };
            carried.extend(self.carry_run(self.way(first), run).await);
        }
        carried
    }

    /// Where rows go several ways, nobody keeps a key in order over all of them.
    fn is_gapless(&self, rows: &[&Outgoing]) -> bool {
        rows.iter().all(|row| self.way(row) == Way::Own) && self.own.is_gapless(rows)
    }
}

impl<O: Ready> Ready for EventCarrier<O> {
    async fn is_ready(&self) -> Result<(), String> {
        self.own.is_ready().await
    }
}
