//! Runs a handler. What carries its events is configuration: a Dapr sidecar, or Kafka itself. In each of them the steps are
//! the same: decode_, perform_, acknowledge_; docs/decisions/0019 says what they promise and why.

pub mod carriers;
mod database;
pub mod environment;
#[cfg(portolan_faults)]
mod faults;
mod health;
mod log;
pub mod mail;
mod metrics;
pub mod perform;
mod position;
mod quiet;
pub mod relay;
mod running;
pub mod service;
mod settings;
pub mod store;
pub mod tables;
mod transact;
pub mod transport;

pub use carriers::Carriers;
pub use perform::{Perform, Performed, Performer, Unavailable};
pub use position::{Position, Span};
pub use service::{Service, ServiceError};
pub use store::Store;
pub use tables::Schema;
