//! What is answered for an event.

use std::time::Duration;

/// What is answered for an event, once what follows from it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Handled.
    Done,
    /// Handled before: nothing happens again.
    Seen,
    /// Of a type that the handler does not act on.
    Ignored,
    /// It concerns nobody any more.
    Discarded {
        /// Why.
        reason: String,
    },
    /// On its way to the dead-letter topic.
    DeadLettered {
        /// Why.
        reason: String,
    },
    /// It has to come again.
    Retry {
        /// Why.
        reason: String,
        /// The least wait.
        after: Duration,
    },
    /// It has to come again, after an earlier event of its key.
    Held {
        /// The least wait.
        after: Duration,
    },
}

impl Verdict {
    /// Whether the transport may forget the event.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Retry { .. } | Self::Held { .. })
    }
}
