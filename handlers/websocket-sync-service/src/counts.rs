//! What the service counts of its sessions. docs/guide/monitoring.md names them.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::leave::Leave;

type Labels = Vec<(&'static str, String)>;

/// What the service counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) sessions: Gauge,
    pub(crate) messages: Counter,
    closed: Family<Labels, Counter>,
}

impl Counts {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("websocket_sessions", "Sessions that are connected", self.sessions.clone());
        registry.register("websocket_messages", "Changes that were handed to a session", self.messages.clone());
        registry.register("websocket_closed", "Sessions that were closed from this side", self.closed.clone());
    }

    pub(crate) fn closed(&self, leave: Leave) {
        self.closed.get_or_create(&vec![("reason", leave.name().to_owned())]).inc();
    }
}
