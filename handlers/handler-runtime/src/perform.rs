//! perform_: a batch becomes durable, or it comes again. docs/decisions/0019 says why each step stands where it does.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use handler_contract::{Handler, Push};
use handler_protocol::{Batch, Folded, Limits, Verdict};
use sqlx::PgPool;
use tokio::sync::{Notify, RwLock, RwLockReadGuard};

use crate::desk::KEPT;
use crate::metrics::Metrics;
use crate::position::{Course, Position, Span};
use crate::quiet::Quiet;
use crate::store::Store;
use crate::store::announcements::Announcements;
use crate::store::inbox::Inbox;
use crate::store::jobs::Jobs;
use crate::store::keys::Keys;
use crate::store::outbox::Outbox;
use crate::store::positions::Positions;
use crate::store::requests::Requests;
use crate::transact::{Held, Part, Stop};

/// Handles batches of one handler over one store.
pub struct Performer<H: Handler, S: Store<H>> {
    pub(crate) handler: H,
    pub(crate) service: &'static str,
    pub(crate) limits: Limits,
    pub(crate) pool: PgPool,
    pub(crate) inbox: Inbox,
    pub(crate) announcements: Announcements,
    pub(crate) keys: Keys,
    pub(crate) positions: Positions,
    pub(crate) outbox: Outbox,
    /// Where the contract schedules any.
    pub(crate) jobs: Option<Jobs>,
    pub(crate) requests: Requests,
    pub(crate) metrics: Metrics,
    /// Told when rows wait in the outbox.
    pub(crate) stored: Notify,
    /// Written to by a suspect, read by all others: a suspect is handled while nothing else is. What ends the process would
    /// otherwise be counted, again and again, for what the other partitions have in hand.
    room: RwLock<()>,
    store: std::marker::PhantomData<fn() -> S>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Performed {
    /// The answer to each entry, in order.
    pub verdicts: Vec<Verdict>,
    /// What sessions are told now.
    pub pushes: Vec<Push>,
}

/// What a transport hands batches to.
pub trait Perform: Send + Sync + 'static {
    /// Handles a batch; when it answers, what is final is durable. `span` is where the batch stands, where the transport has
    /// places: its `follows` was stored by an earlier batch, or by [`Perform::begin`].
    fn perform(
        self: Arc<Self>,
        batch: Batch,
        span: Option<Span>,
    ) -> impl Future<Output = Result<Performed, Unavailable>> + Send;

    /// Stores these places where none is stored yet, and tells all that are.
    fn begin(&self, places: Vec<Position>) -> impl Future<Output = Result<Vec<Position>, Unavailable>> + Send;
}

/// Nothing more was decided, and the same batch has to come again.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Database(String),
    /// The database has lost what the batch follows: it went back in time. The partition has to be read again from the place
    /// that it has, or from where the broker says when it has none.
    #[error("the database went back in time")]
    WentBack(Option<i64>),
}

impl From<Stop> for Unavailable {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Database(error) => Self::Database(Quiet(&error).to_string()),
            Stop::WentBack(place) => Self::WentBack(place),
        }
    }
}

/// What became of a part.
enum Step<H: Handler> {
    Settled(Folded<H>),
    Halved,
}

impl<H: Handler, S: Store<H>> Performer<H, S> {
    /// Over this pool.
    pub fn new(handler: H, limits: Limits, pool: PgPool) -> Arc<Self> {
        let contract = H::contract();
        let service = contract.service;
        Arc::new(Self {
            handler,
            service,
            limits,
            pool,
            inbox: Inbox::new(S::SCHEMA, service),
            announcements: Announcements::new(S::SCHEMA, service),
            keys: Keys::new(S::SCHEMA),
            positions: Positions::new(S::SCHEMA, service),
            outbox: Outbox::new(S::SCHEMA),
            jobs: (!contract.schedules.is_empty()).then(|| Jobs::new(S::SCHEMA, service)),
            requests: Requests::new(S::SCHEMA),
            metrics: Metrics::new(!contract.schedules.is_empty()),
            stored: Notify::new(),
            room: RwLock::new(()),
            store: std::marker::PhantomData,
        })
    }

    /// The pool.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Part by part, each in its own transaction; one that could not be stored ends the batch.
    async fn perform_parts(&self, batch: Batch, span: Option<Span>) -> Result<Performed, Stop> {
        self.metrics.batch(batch.len());
        let mut course = span.map(Course::from);
        let mut performed = Performed::default();
        let mut held = Held::<H>::new();
        let room = self.room.read().await;
        let mut parts = self.look(batch).await?;
        // What is announced keeps its place in the room; suspects have to wait for theirs.
        let mut room = parts.iter().all(|part| part.announced).then_some(room);
        // The first of them is the next: they are taken from the end.
        parts.reverse();
        while let Some(part) = parts.pop() {
            match self.perform_part(&part, &held, &mut course, room.take()).await? {
                Step::Settled(folded) => {
                    self.metrics.settled(part.batch.entries(), &folded.verdicts);
                    held = folded.held;
                    performed.verdicts.extend(folded.verdicts);
                    performed.pushes.extend(folded.pushes);
                }
                Step::Halved => parts.extend(part.halves::<H>()),
            }
        }
        Ok(performed)
    }

    /// The parts of a batch: one that is announced already, or parts in which each suspect stands alone.
    async fn look(&self, batch: Batch) -> sqlx::Result<Vec<Part>> {
        let whole = Part { announced: true, ..Part::of::<H>(batch, 0) };
        if whole.identities.is_empty() {
            return Ok(vec![whole]);
        }
        let suspects = self.announcements.look(&self.pool, whole.name, &whole.identities).await?;
        if suspects.is_empty() {
            return Ok(vec![whole]);
        }
        let mut from = 0;
        let parts = whole.batch.isolate(&suspects).into_iter().map(|batch| {
            let suspect = batch.entries().iter().any(|entry| suspects.contains(entry.identity()));
            let part = Part { suspect, ..Part::of::<H>(batch, from) };
            from += part.batch.len();
            part
        });
        Ok(parts.collect())
    }

    /// Who gives a part up takes its announcement away: else an attempt would be counted that never was.
    async fn perform_part(
        &self,
        part: &Part,
        held: &Held<H>,
        course: &mut Option<Course>,
        room: Option<RwLockReadGuard<'_, ()>>,
    ) -> Result<Step<H>, Stop> {
        let _alone = if part.suspect { Some(self.room.write().await) } else { None };
        let _shared = if room.is_none() && !part.suspect { Some(self.room.read().await) } else { room };
        if !part.announced && !part.identities.is_empty() {
            self.announcements.announce(&self.pool, part.name, &part.identities).await?;
        }
        let step = self.try_part(part, held, course).await;
        if !matches!(step, Ok(Step::Settled(_)))
            && !part.identities.is_empty()
            && let Err(error) = self.announcements.withdraw(&self.pool, part.name).await
        {
            tracing::info!(error = %Quiet(&error), "an announcement stays and may be counted");
        }
        step
    }

    async fn try_part(&self, part: &Part, held: &Held<H>, course: &mut Option<Course>) -> Result<Step<H>, Stop> {
        let mut refused = None;
        loop {
            let error = match self.transact(part, held, refused.as_deref(), course).await {
                Ok(folded) => return Ok(Step::Settled(folded)),
                Err(Stop::Database(error)) => error,
                Err(stop) => return Err(stop),
            };
            if is_conflict(&error) {
                continue;
            }
            if !is_refusal(&error) || refused.is_some() {
                return Err(error.into());
            }
            if part.batch.len() > 1 {
                return Ok(Step::Halved);
            }
            refused = Some(refusal(&error));
        }
    }

    /// What has to be done now and then, each time a bounded part of it: what is older than anybody can deliver again is
    /// forgotten.
    pub async fn tidy(&self, memory: Duration) -> sqlx::Result<()> {
        let forgotten = self.inbox.forget(&self.pool, memory).await?;
        if forgotten > 0 {
            tracing::debug!(forgotten, "the inbox forgot what nobody delivers again");
        }
        self.requests.forget(&self.pool, KEPT).await?;
        Ok(())
    }
}

impl<H: Handler, S: Store<H>> Perform for Performer<H, S> {
    /// It runs to its end even when nobody waits for it any more: a transaction that is dropped half way keeps its locks
    /// until its connection is used again.
    async fn perform(self: Arc<Self>, batch: Batch, span: Option<Span>) -> Result<Performed, Unavailable> {
        #[cfg(portolan_faults)]
        if crate::faults::is(crate::faults::ANSWER_FIRST) {
            return Ok(crate::faults::answer_first(batch.len(), async move { self.perform_parts(batch, span).await }));
        }
        let task = tokio::spawn(async move { self.perform_parts(batch, span).await });
        match task.await {
            Ok(Ok(performed)) => Ok(performed),
            Ok(Err(stop)) => Err(stop.into()),
            Err(error) => Err(Unavailable::Database(error.to_string())),
        }
    }

    async fn begin(&self, places: Vec<Position>) -> Result<Vec<Position>, Unavailable> {
        if !places.is_empty() {
            self.positions.begin(&self.pool, &places).await.map_err(Stop::from)?;
        }
        Ok(self.positions.all(&self.pool).await.map_err(Stop::from)?)
    }
}

/// Another transaction was in the way; the same again may well succeed.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    has_code(error, &["40001", "40P01"])
}

/// The database refuses what it was given (classes 22 and 23, data and integrity; 54, a limit), and will again.
pub(crate) fn is_refusal(error: &sqlx::Error) -> bool {
    has_code(error, &["22", "23", "54"]) || matches!(error, sqlx::Error::Encode(_))
}

/// What is told of a refusal: the server's message may quote a value of the payload, its code does not.
pub(crate) fn refusal(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code().map(Cow::into_owned));
    format!("the database refuses it: SQLSTATE {}", code.unwrap_or_default())
}

fn has_code(error: &sqlx::Error, beginnings: &[&str]) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| beginnings.iter().any(|beginning| code.starts_with(beginning)))
}
