//! How events reach a handler. Each transport has the same five parts: config, decode, serve, acknowledge, and perform, which is
//! the one of all.

pub mod dapr;
pub(crate) mod due;
pub mod kafka;
pub(crate) mod lambda;
pub(crate) mod published;
pub(crate) mod record;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;

use crate::aws::{self, ScheduleConfig};
use crate::destinations::Destinations;
use crate::environment::{Environment, Problems};
use crate::problem::unknown;
use crate::service::ServiceError;
use dapr::DaprConfig;
use handler_contract::Contract;
use kafka::KafkaConfig;
use lambda::LambdaConfig;

/// Which transport, and how it is configured.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Behind a sidecar.
    Dapr(DaprConfig),
    /// As a consumer of its own.
    Kafka(KafkaConfig),
    /// As a function.
    Lambda(LambdaConfig),
}

/// What names a transport.
const TRANSPORT: &str = "PORTOLAN_TRANSPORT";
/// What is there where Lambda runs a program.
const IN_LAMBDA: &str = "AWS_LAMBDA_RUNTIME_API";

/// Which transport: what is configured, else what the process finds itself in.
pub(crate) fn chosen(environment: &Environment, problems: &mut Problems) -> String {
    let found = if environment.optional(IN_LAMBDA).is_some() { "lambda" } else { "kafka" };
    environment.one_of(TRANSPORT, &["dapr", "kafka", "lambda"], found, problems)
}

impl Transport {
    /// The environment with the secrets that this transport brings by itself: through the sidecar, or by where they lie.
    pub(crate) async fn with_secrets(
        environment: &Environment,
        contract: &Contract,
    ) -> Result<Environment, ServiceError> {
        match chosen(environment, &mut Problems::default()).as_str() {
            "dapr" => dapr::with_secrets(environment, contract).await,
            "lambda" => Ok(aws::with_secrets(environment).await?),
            _ => Ok(environment.clone()),
        }
    }

    /// By what jobs are scheduled in AWS, where they are.
    pub(crate) const fn schedules(&self) -> Option<&ScheduleConfig> {
        match self {
            Self::Dapr(_) | Self::Kafka(_) => None,
            Self::Lambda(config) => config.schedules.as_ref(),
        }
    }

    /// How many connections to the database are made at most. A function has one invocation in hand, and its relay.
    pub(crate) const fn connections(&self) -> u32 {
        match self {
            Self::Dapr(_) | Self::Kafka(_) => 8,
            Self::Lambda(_) => 3,
        }
    }

    /// Reads the environment; only what the chosen transport needs has to be there.
    pub(crate) fn read(
        environment: &Environment,
        contract: &Contract,
        destinations: &Destinations,
        problems: &mut Problems,
    ) -> Self {
        match chosen(environment, problems).as_str() {
            "dapr" => Self::Dapr(DaprConfig::read(environment, contract, destinations, problems)),
            "lambda" => Self::Lambda(LambdaConfig::read(environment, contract, destinations, problems)),
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
