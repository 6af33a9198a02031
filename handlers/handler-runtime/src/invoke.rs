//! Invocations leave by the outbox: through the sidecar, or straight to the service that is meant.

mod carrier;
mod config;
mod waits;

pub use carrier::InvokeCarrier;
pub use config::InvokeConfig;
