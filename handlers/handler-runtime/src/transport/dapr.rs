//! Behind a Dapr sidecar: events come over HTTP, and leave through the sidecar's gRPC API.

mod access;
mod acknowledge;
mod carrier;
mod config;
mod decode;
mod envelope;
mod hand;
mod jobs;
mod secrets;
mod serve;
mod sidecar;
mod token;

pub use carrier::DaprCarrier;
pub use config::DaprConfig;
pub use jobs::DaprJobs;
pub(crate) use secrets::with_secrets;
pub(crate) use serve::DaprIntake;
pub use sidecar::Sidecar;
