//! How events reach a handler. Each transport has the same five parts: config, decode, serve, acknowledge, and perform, which is
//! the one of all.

#[cfg(feature = "dapr")]
pub mod dapr;
pub(crate) mod due;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(feature = "lambda")]
pub(crate) mod lambda;
pub(crate) mod published;
pub(crate) mod record;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;

use crate::aws::ScheduleConfig;
use crate::destinations::Destinations;
use crate::environment::{Environment, Problems};
use crate::problem::unknown;
use crate::service::ServiceError;
#[cfg(feature = "dapr")]
use dapr::DaprConfig;
use handler_contract::Contract;
#[cfg(feature = "kafka")]
use kafka::KafkaConfig;
#[cfg(feature = "lambda")]
use lambda::LambdaConfig;

/// Which transport, and how it is configured.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Behind a sidecar.
    #[cfg(feature = "dapr")]
    Dapr(DaprConfig),
    /// As a consumer of its own.
    #[cfg(feature = "kafka")]
    Kafka(KafkaConfig),
    /// As a function.
    #[cfg(feature = "lambda")]
    Lambda(LambdaConfig),
    /// One that this program was built without, which is a problem.
    Missing,
}

/// What this program was built for.
const BUILT: &[&str] = &[
    #[cfg(feature = "dapr")]
    "dapr",
    #[cfg(feature = "kafka")]
    "kafka",
    #[cfg(feature = "lambda")]
    "lambda",
];
/// What names a transport.
const TRANSPORT: &str = "PORTOLAN_TRANSPORT";
/// What is there where Lambda runs a program.
const IN_LAMBDA: &str = "AWS_LAMBDA_RUNTIME_API";

/// Which transport: what is configured, else what the process finds itself in.
pub(crate) fn chosen(environment: &Environment, problems: &mut Problems) -> String {
    let found = if environment.optional(IN_LAMBDA).is_some() { "lambda" } else { "kafka" };
    environment.one_of(TRANSPORT, BUILT, found, problems)
}

impl Transport {
    /// The environment with the secrets that this transport brings by itself: through the sidecar, or by where they lie.
    pub(crate) async fn with_secrets(
        environment: &Environment,
        contract: &Contract,
    ) -> Result<Environment, ServiceError> {
        match chosen(environment, &mut Problems::default()).as_str() {
            #[cfg(feature = "dapr")]
            "dapr" => dapr::with_secrets(environment, contract).await,
            #[cfg(feature = "lambda")]
            "lambda" => Ok(crate::aws::with_secrets(environment).await?),
            _ => Ok(environment.clone()),
        }
    }

    /// Whether there is a sidecar.
    pub(crate) const fn is_dapr(&self) -> bool {
        match self {
            #[cfg(feature = "dapr")]
            Self::Dapr(_) => true,
            _ => false,
        }
    }

    /// Whether it is a function.
    pub(crate) const fn is_lambda(&self) -> bool {
        match self {
            #[cfg(feature = "lambda")]
            Self::Lambda(_) => true,
            _ => false,
        }
    }

    /// By what jobs are scheduled in AWS, where they are.
    pub(crate) const fn schedules(&self) -> Option<&ScheduleConfig> {
        match self {
            #[cfg(feature = "lambda")]
            Self::Lambda(config) => config.schedules.as_ref(),
            _ => None,
        }
    }

    /// How many connections to the database are made at most. A function has one invocation in hand, and its relay.
    pub(crate) const fn connections(&self) -> u32 {
        match self {
            #[cfg(feature = "lambda")]
            Self::Lambda(_) => 3,
            _ => 8,
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
            #[cfg(feature = "dapr")]
            "dapr" => Self::Dapr(DaprConfig::read(environment, contract, destinations, problems)),
            #[cfg(feature = "lambda")]
            "lambda" => Self::Lambda(LambdaConfig::read(environment, contract, destinations, problems)),
            #[cfg(feature = "kafka")]
            "kafka" => Self::Kafka(KafkaConfig::read(environment, problems)),
            _ => Self::Missing,
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

impl<R: Ready> Ready for Option<R> {
    async fn is_ready(&self) -> Result<(), String> {
        match self {
            Some(ready) => ready.is_ready().await,
            None => Ok(()),
        }
    }
}
