//! What a handler is, whatever carries its events: [`Event`] in, [`Outcome`] out, and the [`Contract`] that says what its
//! code subscribes to, publishes, schedules, invokes and stores.
//!
//! A handler is a fold over one aggregate. [`Handler::key`] names the aggregate that an event concerns, the runtime loads it,
//! [`Handler::handle`] changes it in memory and says what else has to happen, and the runtime makes all of it durable in one
//! transaction before the event is acknowledged. Nothing here knows a transport, a clock or a database.

mod contract;
mod due;
mod effect;
mod event;
mod event_json;
mod handler;
mod id;
mod identity;
mod layout;
mod outcome;
mod schema;

pub use contract::{Contract, Delivery, Invocation, Mode, Publication, Rule, Schedule, Subscription};
pub use due::{JOB_DUE, JOBS};
pub use effect::{Effect, Effects, Invoke, Job, Mail, Publish, Push};
pub use event::{Data, DataError, Event, REPLAY};
pub use event_json::{DAPR_EVENT_SENT, EventError};
pub use handler::{Handler, Refusal};
pub use id::Id;
pub use identity::{Identity, derived_id};
pub use outcome::Outcome;
pub use schema::Schema;
