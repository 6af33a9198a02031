//! Runs a handler. What carries its events is configuration: a Dapr sidecar, Kafka itself, or Lambda. In each of them the steps are
//! the same: decode_, perform_, acknowledge_; docs/decisions/0019 says what they promise and why.

#![cfg_attr(
    not(all(feature = "aws", feature = "dapr", feature = "kafka", feature = "lambda")),
    allow(
        dead_code,
        unused_imports,
        unused_variables,
        clippy::unused_async,
        clippy::unused_self,
        reason = "in a program that is built for some transports, what the others use has no user"
    )
)]

mod arn;
#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "no_aws.rs"]
mod aws;
pub mod carriers;
mod database;
pub mod desk;
mod destinations;
pub mod environment;
#[cfg(portolan_faults)]
mod faults;
mod health;
pub mod invoke;
mod jobs;
mod log;
pub mod mail;
mod metrics;
pub mod perform;
mod position;
pub mod problem;
mod quiet;
pub mod relay;
mod running;
pub mod service;
mod sessions;
mod settings;
pub mod stateless;
pub mod store;
pub mod tables;
mod trace;
mod transact;
pub mod transport;

pub use carriers::Carriers;
pub use desk::{Command, Decision, Desk, Undecided};
pub use perform::{Perform, Performed, Performer, Unavailable};
pub use position::{Position, Span};
pub use problem::Problem;
pub use service::{Service, ServiceError};
pub use sessions::Sessions;
pub use stateless::{Served, StatelessService};
pub use store::Store;
pub use tables::Schema;
