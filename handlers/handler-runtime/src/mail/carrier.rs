//! Claim, send, mark: a mail server knows no transaction.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use handler_contract::Mail;
use handler_protocol::{Backoff, Outgoing, What};
use sqlx::PgPool;

use super::MailConfig;
use super::connection::{Answer, Connection};
use super::message::message;
use crate::quiet::Quiet;
use crate::relay::{Carried, Carrier};
use crate::store::mails::{Claim, Mails};
use crate::tables::Schema;

/// How long one pass may send: the relay's transaction stays open meanwhile.
const PASS: Duration = Duration::from_secs(10);
/// The waits of a mail that the server does not take now; servers that put strangers off ask for minutes.
const WAITS: Backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(5) };
/// How long the server is left alone after it could not be reached.
const AWAY: Duration = Duration::from_secs(2);

/// Sends mails one after the other. A mail whose sender ended, or heard nothing, between sending and hearing that it is taken
/// is sent again under the same `Message-ID`, and counted.
pub struct MailCarrier {
    config: MailConfig,
    mails: Mails,
    pool: PgPool,
    state: Mutex<State>,
}

/// Whom to leave alone, and until when. A process that starts anew tries at once.
#[derive(Debug, Default)]
struct State {
    away_until: Option<Instant>,
    waits: BTreeMap<String, (u32, Instant)>,
}

impl MailCarrier {
    /// For the mails of the service whose schema this is.
    pub fn new(config: MailConfig, schema: Schema, pool: PgPool) -> Self {
        Self { config, mails: Mails::new(schema), pool, state: Mutex::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, row: &Outgoing, connection: &mut Option<Connection>, until: Instant) -> Carried {
        let What::Mail(mail) = &row.what else { return Carried::Refused("it is no mail".to_owned()) };
        if let Some(reason) = self.state().waits(&row.id, Instant::now(), until) {
            return Carried::Later(reason.to_owned());
        }
        match self.claim_and_send(&row.id, mail, connection).await {
            Ok(carried) => {
                self.state().answered(&row.id, &carried);
                carried
            }
            Err(error) => Carried::Later(format!("the database: {}", Quiet(&error))),
        }
    }

    async fn claim_and_send(&self, id: &str, mail: &Mail, open: &mut Option<Connection>) -> sqlx::Result<Carried> {
        let message = match message(id, mail, &self.config.from) {
            Ok(message) => message,
            Err(reason) => return Ok(Carried::Refused(reason)),
        };
        if open.is_none() {
            match Connection::open(&self.config).await {
                Ok(connection) => *open = Some(connection),
                Err(reason) => {
                    self.state().away_until = Some(Instant::now() + AWAY);
                    return Ok(Carried::Later(reason));
                }
            }
        }
        match self.mails.claim(&self.pool, id).await? {
            Claim::Sent => return Ok(Carried::Delivered),
            Claim::First => {}
            Claim::Again => tracing::warn!(id, "a mail is sent again: nobody knows whether the server has it"),
        }
        let Some(connection) = open else { return Ok(Carried::Later("no connection".to_owned())) };
        let answer = connection.send(&message).await;
        if answer == Answer::Accepted {
            self.mails.mark_sent(&self.pool, id).await?;
            return Ok(Carried::Delivered);
        }
        if let Some(connection) = open.take() {
            connection.close().await;
        }
        match answer {
            Answer::Accepted => Ok(Carried::Delivered),
            Answer::Silence(reason) => Ok(Carried::Later(reason)),
            Answer::Later(reason) => {
                self.mails.release(&self.pool, id).await?;
                Ok(Carried::Later(reason))
            }
            Answer::Never(reason) => {
                self.mails.release(&self.pool, id).await?;
                Ok(Carried::Refused(reason))
            }
        }
    }
}

impl State {
    /// Why a mail is not sent now.
    fn waits(&self, id: &str, now: Instant, until: Instant) -> Option<&'static str> {
        if self.away_until.is_some_and(|until| now < until) {
            return Some("the mail server is away");
        }
        if now >= until {
            return Some("the next pass sends it");
        }
        let waits = self.waits.get(id).is_some_and(|(_, until)| now < *until);
        waits.then_some("it waits for its next attempt")
    }

    fn answered(&mut self, id: &str, carried: &Carried) {
        if matches!(carried, Carried::Later(_)) {
            let attempts = self.waits.get(id).map_or(0, |(attempts, _)| *attempts).saturating_add(1);
            self.waits.insert(id.to_owned(), (attempts, Instant::now() + WAITS.after(attempts, Duration::ZERO)));
        } else {
            self.waits.remove(id);
        }
    }
}

impl Carrier for MailCarrier {
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let until = Instant::now() + PASS;
        let mut connection = None;
        let mut carried = Vec::with_capacity(rows.len());
        for row in rows {
            carried.push(self.send(row, &mut connection, until).await);
        }
        if let Some(connection) = connection {
            connection.close().await;
        }
        carried
    }
}
