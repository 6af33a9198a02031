//! What a handler says of an event.

use std::time::Duration;

use crate::Effects;

/// What a handler says of an event.
#[derive(Clone, Debug)]
pub enum Outcome<Row> {
    /// It is handled. The changed aggregate and the effects become durable together, then it is acknowledged.
    Done(Effects<Row>),
    /// Not now. What the handler changed is forgotten, and the event comes again, and so do those after it with its key:
    /// order within a key is kept. After the last attempt it goes to the dead-letter topic with the reason.
    Retry {
        /// Why, for logs and for the dead letter. Never a value of the payload.
        reason: String,
        /// The least time until it comes again.
        after: Duration,
    },
    /// It concerns nobody any more: acknowledged and counted, nothing is stored but that it was seen.
    Discard {
        /// Why, for logs.
        reason: String,
    },
}

impl<Row> Outcome<Row> {
    /// Handled, and nothing else has to happen.
    pub fn done() -> Self {
        Self::Done(Effects::none())
    }

    /// Not now.
    pub fn retry(reason: impl Into<String>, after: Duration) -> Self {
        Self::Retry { reason: reason.into(), after }
    }

    /// It concerns nobody any more.
    pub fn discard(reason: impl Into<String>) -> Self {
        Self::Discard { reason: reason.into() }
    }
}
