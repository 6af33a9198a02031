//! How events reach a handler. Each transport has the same five parts: config, decode, serve, acknowledge, and perform, which is
//! the one of all.

pub mod dapr;
pub mod kafka;
pub(crate) mod published;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;

use crate::environment::{Environment, Problems};
use crate::problem::unknown;
use crate::service::ServiceError;
use dapr::DaprConfig;
use handler_contract::Contract;
use kafka::KafkaConfig;

/// Which transport, and how it is configured.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Behind a sidecar.
    Dapr(DaprConfig),
    /// As a consumer of its own.
    Kafka(KafkaConfig),
}

impl Transport {
    /// The environment with the secrets that this transport brings by itself.
    pub(crate) async fn with_secrets(
        environment: &Environment,
        contract: &Contract,
    ) -> Result<Environment, ServiceError> {
        match environment.optional("PORTOLAN_TRANSPORT").as_deref() {
            Some("dapr") => dapr::with_secrets(environment, contract).await,
            _ => Ok(environment.clone()),
        }
    }

    /// Reads the environment; only what the chosen transport needs has to be there.
    pub(crate) fn read(environment: &Environment, contract: &Contract, problems: &mut Problems) -> Self {
        match environment.one_of("PORTOLAN_TRANSPORT", &["dapr", "kafka"], "kafka", problems).as_str() {
            "dapr" => Self::Dapr(DaprConfig::read(environment, contract, problems)),
            _ => Self::Kafka(KafkaConfig::read(environment, problems)),
        }
    }
}

/// A transport at work: where events come in.
pub(crate) trait Intake: Send + Sync + 'static {
    /// What it serves beside the service's own routes, and what it answers for a path that nobody has; taken once.
    fn routes(&mut self) -> Router {
        Router::new().fallback(unknown)
    }

    /// Whether it has ended by itself, because it cannot go on.
    fn has_ended(&self) -> bool {
        false
    }

    /// Becomes true when it is sure that an event that is published from now on comes in.
    fn begun(&self) -> Arc<AtomicBool> {
        Arc::new(AtomicBool::new(true))
    }

    /// Takes nothing more, and finishes what is in hand.
    fn stop(self) -> impl Future<Output = Result<(), ServiceError>> + Send;
}

/// Whether what carries events is there.
pub(crate) trait Ready: Send + Sync + 'static {
    /// Nothing, or what is missing.
    fn is_ready(&self) -> impl Future<Output = Result<(), String>> + Send {
        std::future::ready(Ok(()))
    }
}

/// A consumer waits for its broker by itself.
impl Ready for kafka::KafkaCarrier {}

impl Intake for kafka::Consumer {
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
