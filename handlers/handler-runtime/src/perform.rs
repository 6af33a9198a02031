//! perform_: a batch becomes durable, or it comes again. docs/decisions/0019 says why each step stands where it does.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use handler_contract::{Handler, Identity, Push};
use handler_protocol::{Batch, Folded, Limits, Standing, Verdict};
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::position::Position;
use crate::quiet::Quiet;
use crate::store::Store;
use crate::store::inbox::Inbox;
use crate::store::outbox::Outbox;
use crate::store::positions::Positions;

/// Handles batches of one handler over one store.
pub struct Performer<H: Handler, S: Store<H>> {
    handler: H,
    limits: Limits,
    pool: PgPool,
    inbox: Inbox,
    positions: Positions,
    pub(crate) outbox: Outbox,
    /// Told when rows wait in the outbox.
    pub(crate) stored: Notify,
    swept: AtomicBool,
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
    /// Handles a batch; when it answers, what is final is durable. `position` is the place behind it, where the transport has
    /// places.
    fn perform(
        self: Arc<Self>,
        batch: Batch,
        position: Option<Position>,
    ) -> impl Future<Output = Result<Performed, Unavailable>> + Send;

    /// The places up to which the topics were handled, as the database knows them.
    fn positions(&self) -> impl Future<Output = Result<Vec<Position>, Unavailable>> + Send;
}

/// The database cannot be reached: nothing was decided, and the same batch has to come again.
#[derive(Debug, thiserror::Error)]
#[error("the database cannot be reached: {0}")]
pub struct Unavailable(String);

/// Keys that wait for an event that has to come again, and for how long.
type Held<H> = BTreeMap<<H as Handler>::Key, Duration>;

/// A batch as it goes through the steps, with the place behind it.
struct Part {
    batch: Batch,
    position: Option<Position>,
}

impl<H: Handler, S: Store<H>> Performer<H, S> {
    /// Over this pool.
    pub fn new(handler: H, limits: Limits, pool: PgPool) -> Arc<Self> {
        let service = H::contract().service;
        Arc::new(Self {
            handler,
            limits,
            pool,
            inbox: Inbox::new(S::SCHEMA, service),
            positions: Positions::new(S::SCHEMA, service),
            outbox: Outbox::new(S::SCHEMA),
            stored: Notify::new(),
            swept: AtomicBool::new(false),
            store: std::marker::PhantomData,
        })
    }

    /// The pool.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    async fn perform_parts(&self, whole: Part) -> sqlx::Result<Performed> {
        if !self.swept.swap(true, Ordering::Relaxed) {
            self.inbox.sweep(&self.pool).await?;
        }
        let mut performed = Performed::default();
        let mut held = Held::<H>::new();
        let mut parts = vec![whole];
        while let Some(part) = parts.pop() {
            match self.perform_part(&part, &held).await? {
                Step::Settled(folded) => {
                    held = folded.held;
                    performed.verdicts.extend(folded.verdicts);
                    performed.pushes.extend(folded.pushes);
                }
                // The first of them is the next: they are taken from the end.
                Step::Apart(batches) => {
                    let mut position = part.position;
                    for batch in batches.into_iter().rev() {
                        // Only the last part reaches the place behind the batch.
                        parts.push(Part { batch, position: position.take() });
                    }
                }
            }
        }
        Ok(performed)
    }

    async fn perform_part(&self, part: &Part, held: &Held<H>) -> sqlx::Result<Step<H>> {
        let identities = part.batch.identities::<H>();
        let announcement = Uuid::new_v4();
        let mut standing = Standing::default();
        if !identities.is_empty() {
            standing.attempts = self.inbox.announce(&self.pool, announcement, &identities).await?;
            if !standing.attempts.is_empty() && part.batch.len() > 1 {
                let suspects: BTreeSet<Identity> = standing.attempts.keys().cloned().collect();
                return Ok(Step::Apart(part.batch.clone().isolate(&suspects)));
            }
        }
        let mut refused = None;
        loop {
            match self.transact(part, held, &mut standing, refused.as_deref(), announcement).await {
                Ok(folded) => return Ok(Step::Settled(folded)),
                Err(error) if is_conflict(&error) => {}
                Err(error) if is_refusal(&error) && part.batch.len() > 1 => {
                    let (first, second) = part.batch.clone().halves();
                    return Ok(Step::Apart(vec![first, second]));
                }
                Err(error) if is_refusal(&error) && refused.is_none() => {
                    // The server's message may quote a value of the payload; its code does not.
                    let code = error.as_database_error().and_then(|error| error.code().map(Cow::into_owned));
                    refused = Some(format!("the database refuses it: SQLSTATE {}", code.unwrap_or_default()));
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn transact(
        &self,
        part: &Part,
        held: &Held<H>,
        standing: &mut Standing,
        refused: Option<&str>,
        announcement: Uuid,
    ) -> sqlx::Result<Folded<H>> {
        let mut transaction = self.pool.begin().await?;
        let identities = part.batch.identities::<H>();
        if !identities.is_empty() {
            standing.new = self.inbox.insert(&mut transaction, &identities).await?;
        }
        let keys = part.batch.keys(&self.handler, &standing.new);
        let loaded = if keys.is_empty() { BTreeMap::new() } else { S::load(&mut transaction, &keys).await? };
        let folded = match refused {
            None => part.batch.fold(&self.handler, self.limits, standing, loaded, held.clone()),
            Some(reason) => part.batch.refused(&self.handler, self.limits, standing, held.clone(), reason),
        };
        if !folded.changed.is_empty() || !folded.appended.is_empty() {
            S::save(&mut transaction, &folded.changed, &folded.appended).await?;
        }
        if !folded.outgoing.is_empty() {
            self.outbox.insert(&mut transaction, &folded.outgoing).await?;
        }
        if !standing.attempts.is_empty() {
            self.inbox.forgive(&mut transaction, standing.attempts.keys()).await?;
        }
        if !folded.held.is_empty() {
            self.inbox.reopen(&mut transaction, &folded.failed, &folded.waiting).await?;
        }
        if let Some(position) = part.position.as_ref().filter(|_| folded.held.is_empty()) {
            self.positions.store(&mut transaction, position).await?;
        }
        if !identities.is_empty() {
            self.inbox.settle(&mut transaction, announcement).await?;
        }
        transaction.commit().await?;
        if !folded.outgoing.is_empty() {
            self.stored.notify_one();
        }
        Ok(folded)
    }

    /// What has to be done now and then, each time a bounded part of it: attempts of processes that are gone are counted, and
    /// what is older than anybody can deliver again is forgotten.
    pub async fn tidy(&self, memory: Duration) -> sqlx::Result<()> {
        self.inbox.sweep(&self.pool).await?;
        let forgotten = self.inbox.forget(&self.pool, memory).await?;
        if forgotten > 0 {
            tracing::debug!(forgotten, "the inbox forgot what nobody delivers again");
        }
        Ok(())
    }
}

impl<H: Handler, S: Store<H>> Perform for Performer<H, S> {
    /// It runs to its end even when nobody waits for it any more: a transaction that is dropped half way keeps its locks
    /// until its connection is used again.
    async fn perform(self: Arc<Self>, batch: Batch, position: Option<Position>) -> Result<Performed, Unavailable> {
        let task = tokio::spawn(async move { self.perform_parts(Part { batch, position }).await });
        match task.await {
            Ok(Ok(performed)) => Ok(performed),
            Ok(Err(error)) => Err(Unavailable(Quiet(&error).to_string())),
            Err(error) => Err(Unavailable(error.to_string())),
        }
    }

    async fn positions(&self) -> Result<Vec<Position>, Unavailable> {
        self.positions.all(&self.pool).await.map_err(|error| Unavailable(Quiet(&error).to_string()))
    }
}

/// What became of a part.
enum Step<H: Handler> {
    Settled(Folded<H>),
    Apart(Vec<Batch>),
}

/// Another transaction was in the way; the same again may well succeed.
fn is_conflict(error: &sqlx::Error) -> bool {
    has_code(error, &["40001", "40P01"])
}

/// The database refuses what it was given (classes 22 and 23, data and integrity; 54, a limit), and will again.
fn is_refusal(error: &sqlx::Error) -> bool {
    has_code(error, &["22", "23", "54"]) || matches!(error, sqlx::Error::Encode(_))
}

fn has_code(error: &sqlx::Error, beginnings: &[&str]) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| beginnings.iter().any(|beginning| code.starts_with(beginning)))
}
