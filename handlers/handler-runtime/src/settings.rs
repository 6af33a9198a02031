//! What is configured.

use std::time::Duration;

use handler_contract::Contract;
use handler_protocol::Limits;

use crate::environment::{ConfigurationError, Environment, Problems};
use crate::mail::MailConfig;
use crate::transport::Transport;

/// What a service is told.
pub(crate) struct Settings {
    pub(crate) database: String,
    pub(crate) port: u16,
    pub(crate) limits: Limits,
    pub(crate) transport: Transport,
    pub(crate) mail: Option<MailConfig>,
}

impl Settings {
    /// Reads the environment; every problem is told at once.
    pub(crate) fn read(environment: &Environment, contract: &Contract) -> Result<Self, ConfigurationError> {
        let mut problems = Problems::default();
        let database = environment.required("DATABASE_URL", &mut problems);
        let port = port(environment, &mut problems);
        let limits = limits(environment, &mut problems);
        let transport = Transport::read(environment, contract, &mut problems);
        let mail = MailConfig::read(environment, contract, &mut problems);
        problems.into_result()?;
        Ok(Self { database, port, limits, transport, mail })
    }
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
fn limits(environment: &Environment, problems: &mut Problems) -> Limits {
    let mut limits = Limits::default();
    if let Some(attempts) = environment.number("PORTOLAN_MAX_ATTEMPTS", problems) {
        limits.attempts = u32::try_from(attempts).unwrap_or(u32::MAX).max(1);
    }
    if let Some(first) = environment.number("PORTOLAN_FIRST_RETRY_MS", problems) {
        limits.backoff.first = Duration::from_millis(first);
    }
    limits
}
