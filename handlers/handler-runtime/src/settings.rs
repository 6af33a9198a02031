//! What is configured.

use std::time::Duration;

use handler_contract::Contract;
use handler_protocol::Limits;

use crate::aws::AwsConfig;
use crate::destinations::Destinations;
use crate::environment::{ConfigurationError, Environment, Problems};
use crate::invoke::InvokeConfig;
use crate::mail::MailConfig;
use crate::trace::Traces;
use crate::transport::Transport;

/// What a service is told.
pub(crate) struct Settings {
    pub(crate) database: String,
    pub(crate) port: u16,
    pub(crate) limits: Limits,
    /// The largest message that can leave.
    pub(crate) largest: usize,
    pub(crate) transport: Transport,
    pub(crate) destinations: Destinations,
    pub(crate) aws: Option<AwsConfig>,
    pub(crate) mail: Option<MailConfig>,
    pub(crate) invoke: Option<InvokeConfig>,
    pub(crate) traces: Traces,
}

impl Settings {
    /// Reads the environment; every problem is told at once.
    pub(crate) fn read(
        environment: &Environment,
        contract: &Contract,
        check: fn(&Environment, &mut Problems),
    ) -> Result<Self, ConfigurationError> {
        let mut problems = Problems::default();
        check(environment, &mut problems);
        let database = environment.required("DATABASE_URL", &mut problems);
        let port = port(environment, &mut problems);
        let destinations = Destinations::read(environment, &mut problems);
        let transport = Transport::read(environment, contract, &destinations, &mut problems);
        let aws = AwsConfig::read(environment, &destinations, transport.schedules(), &mut problems);
        let limits = limits(environment, &transport, &mut problems);
        let on_the_bus = aws.as_ref().filter(|_| destinations.has_bus()).map(AwsConfig::largest_entry);
        let largest = largest(environment, &mut problems).min(on_the_bus.unwrap_or(usize::MAX));
        let mail = MailConfig::read(environment, contract, &mut problems);
        let by_sidecar = transport.is_dapr();
        let invoke = InvokeConfig::read(environment, contract, by_sidecar, &mut problems);
        let traces = Traces::read(environment, contract.service, &mut problems);
        problems.into_result()?;
        Ok(Self { database, port, limits, largest, transport, destinations, aws, mail, invoke, traces })
    }
}

/// What every carrier takes that is told nothing: librdkafka's default, a little below the brokers' own.
const LARGEST: u64 = 1_000_000;

/// Lambda brings an event of a bus so often, and then never: the runtime has given it up by then, with its reason.
const TRIES_OF_LAMBDA: u32 = 3;

/// The smallest of what is configured.
fn largest(environment: &Environment, problems: &mut Problems) -> usize {
    let limits = ["KAFKA_MAX_MESSAGE", "PORTOLAN_MAX_BODY"].map(|name| environment.number(name, problems));
    usize::try_from(limits.into_iter().flatten().min().unwrap_or(LARGEST)).unwrap_or(usize::MAX)
}

/// Where the service listens.
pub(crate) fn port(environment: &Environment, problems: &mut Problems) -> u16 {
    let port = environment.number("PORT", problems).unwrap_or(8080);
    u16::try_from(port).unwrap_or_else(|_| {
        problems.add("PORT is no port".to_owned());
        0
    })
}

/// How often an event is tried, and how long it waits first.
fn limits(environment: &Environment, transport: &Transport, problems: &mut Problems) -> Limits {
    let mut limits = Limits::default();
    if transport.is_lambda() {
        limits.attempts = TRIES_OF_LAMBDA;
    }
    if let Some(attempts) = environment.number("PORTOLAN_MAX_ATTEMPTS", problems) {
        limits.attempts = u32::try_from(attempts).unwrap_or(u32::MAX).max(1);
    }
    if let Some(first) = environment.number("PORTOLAN_FIRST_RETRY_MS", problems) {
        limits.backoff.first = Duration::from_millis(first);
    }
    limits
}
