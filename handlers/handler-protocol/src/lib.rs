//! What the runtime decides about a batch of events, without doing any of it: no database, no broker, no clock.
//!
//! The runtime delivers a [`Batch`], asks its store which of the events are new and what they have gone through, loads the
//! aggregates that they concern, and calls [`Batch::fold`]. What comes back is one [`Folded`]: what to store in one transaction and,
//! when that is durable, what to answer for each event. docs/decisions/0019 has the whole protocol and why it is so.

mod backoff;
mod batch;
mod cause;
mod delivered;
mod departures;
mod fold;
mod folded;
mod outgoing;
mod trace;
mod verdict;

pub use backoff::Backoff;
pub use batch::Batch;
pub use cause::Cause;
pub use delivered::Delivered;
pub use departures::Departures;
pub use fold::{Limits, Standing};
pub use folded::{Attempt, Folded};
pub use outgoing::{DeadLetter, Outgoing, What};
pub use trace::Trace;
pub use verdict::Verdict;
