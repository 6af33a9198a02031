//! What a relay does with the outbox.

use handler_protocol::Departures;

use crate::database::Row;
use crate::fault::Fault;
use crate::state::{Relay, State};
use crate::world::World;

/// How many rows a relay takes at once.
const ROWS: usize = 2;

impl State {
    /// The rows that a relay could take: none while another one has the shard.
    pub(crate) fn claimable(&self, world: &World) -> Vec<Row> {
        let locked = || self.processes.iter().filter_map(|at| at.relay.as_ref()).filter(|relay| !relay.unlocked);
        let mut rows = self.database.outbox.clone();
        rows.sort_unstable_by_key(|row| row.number);
        if world.is(Fault::TwoRelays) {
            rows.retain(|row| !locked().any(|relay| relay.rows.contains(row)));
            rows.truncate(1);
        } else if locked().next().is_some() {
            rows.clear();
        }
        if world.is(Fault::Cursor) {
            rows.retain(|row| row.number > self.database.cursor);
        }
        rows.truncate(ROWS);
        rows
    }

    pub(crate) fn claim(&mut self, world: &World, process: usize) {
        let rows = self.claimable(world);
        let keys = rows.iter().map(|row| world.key(row.event).to_string()).collect();
        let mut departures = Departures::new(keys, world.is(Fault::RowsTogether));
        let away = departures.leave();
        self.processes[process].relay = Some(Relay { rows, departures, away, unlocked: false });
    }

    pub(crate) fn report(&mut self, world: &World, process: usize, delivered: bool) {
        let Some(relay) = &mut self.processes[process].relay else { return };
        let row = relay.away.remove(0);
        if delivered {
            self.receiver.receive(world, relay.rows[row]);
        } else {
            self.left.undelivered -= 1;
        }
        relay.departures.report(row, delivered);
        relay.away.extend(relay.departures.leave());
    }

    pub(crate) fn settle(&mut self, world: &World, process: usize) {
        let Some(relay) = self.processes[process].relay.take() else { return };
        if relay.unlocked {
            return;
        }
        let delivered: Vec<Row> = if world.is(Fault::ReportIgnored) {
            relay.rows
        } else {
            relay.departures.delivered().iter().map(|row| relay.rows[*row]).collect()
        };
        if world.is(Fault::Cursor) {
            let last = delivered.iter().map(|row| row.number).max();
            self.database.cursor = self.database.cursor.max(last.unwrap_or_default());
        } else {
            self.database.outbox.retain(|row| !delivered.contains(row));
        }
    }

    pub(crate) fn unlock(&mut self, process: usize) {
        self.left.unlocked -= 1;
        if let Some(relay) = &mut self.processes[process].relay {
            relay.unlocked = true;
        }
    }
}
