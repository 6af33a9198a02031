//! As a Kafka consumer of its own.

mod acknowledge;
mod carrier;
mod config;
mod context;
mod decode;
mod lane;
mod newest;
mod place;
mod serve;

pub use carrier::KafkaCarrier;
pub use config::KafkaConfig;
pub use serve::{Consumer, serve};
