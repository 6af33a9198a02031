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

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::service::ServiceError;
use crate::transport::{Intake, Ready};

/// A consumer waits for its broker by itself.
impl Ready for KafkaCarrier {}

impl Intake for Consumer {
    fn has_ended(&self) -> bool {
        Self::has_ended(self)
    }

    fn begun(&self) -> Arc<AtomicBool> {
        Self::begun(self)
    }

    async fn stop(self) -> Result<(), ServiceError> {
        let stopped = tokio::task::spawn_blocking(|| Self::stop(self)).await;
        stopped.map_err(std::io::Error::other)?.map_err(ServiceError::from)
    }
}
