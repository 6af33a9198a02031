//! Where requests are decided: a command changes one aggregate, as an event does, in one transaction with its effects.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use handler_contract::{Effects, Handler, Identity};
use handler_protocol::{Cause, Folded, Trace};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::perform::{Performer, is_conflict, is_refusal, refusal};
use crate::quiet::Quiet;
use crate::store::Store;
use crate::store::requests::Known;
use crate::trace;
use crate::transport::published;

/// How long an answer is kept for the repetition of its request.
pub(crate) const KEPT: Duration = Duration::from_hours(24);
/// How often a command begins again when another transaction was in its way.
const CONFLICTS: usize = 10;

/// Where requests are decided.
pub struct Desk<H: Handler, S: Store<H>> {
    performer: Arc<Performer<H, S>>,
    largest: usize,
}

/// A command on one aggregate.
#[derive(Clone, Debug)]
pub struct Command<K> {
    key: K,
    /// Nothing has this key yet, so nothing is looked for.
    is_first: bool,
    identity: Identity,
    name: Option<Name>,
    trace: Option<Trace>,
}

/// The name that an asker gave to a request.
#[derive(Clone, Debug)]
struct Name {
    asker: String,
    id: String,
    digest: Vec<u8>,
}

/// An answer, and what else has to happen; or why it is refused.
pub type Decision<H, T, R> = Result<(T, Effects<<H as Handler>::Row>), R>;

/// Why nothing was decided; nothing was stored either.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided<R> {
    /// The command is refused.
    #[error("it is refused")]
    Refused(R),
    /// The name of the request is that of another one.
    #[error("the name of the request is that of another one")]
    Reused,
    /// An event that follows is larger than what carries it takes.
    #[error("an event of {size} bytes would follow; no more than {largest} can leave")]
    TooLarge {
        /// Its bytes.
        size: usize,
        /// The most that can leave.
        largest: usize,
    },
    /// The database refuses the data, and will again. Tells the code, and no value.
    #[error("{0}")]
    Data(String),
    /// The database cannot be reached, or was not quick enough.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
}

impl<R> From<sqlx::Error> for Undecided<R> {
    fn from(error: sqlx::Error) -> Self {
        if is_refusal(&error) { Self::Data(refusal(&error)) } else { Self::Unavailable(Quiet(&error).to_string()) }
    }
}

impl<K> Command<K> {
    /// On the aggregate of this key. Each is another one, however alike.
    pub fn on(key: K) -> Self {
        let identity = Identity { source: "request".to_owned(), id: Uuid::new_v4().to_string() };
        Self { key, is_first: false, identity, name: None, trace: None }
    }

    /// On an aggregate that is not there yet, whose key was made for this command and is known to nobody else: nothing is looked
    /// for and nothing is locked.
    pub fn first(key: K) -> Self {
        Self { is_first: true, ..Self::on(key) }
    }

    /// Under a name that the asker gave it: what comes again under the same name is the same request and gets the same answer,
    /// for a day. The digest is that of all that was asked; another one under the same name is [`Undecided::Reused`].
    #[must_use]
    pub fn named(mut self, asker: &str, name: &str, digest: &[u8]) -> Self {
        self.name = Some(Name { asker: asker.to_owned(), id: name.to_owned(), digest: digest.to_vec() });
        self
    }

    /// In the W3C trace context of the request, where its headers have one.
    #[must_use]
    pub fn traced(mut self, headers: &HeaderMap) -> Self {
        self.trace = trace::of_headers(headers);
        self
    }
}

impl<H: Handler, S: Store<H>> Clone for Desk<H, S> {
    fn clone(&self) -> Self {
        Self { performer: Arc::clone(&self.performer), largest: self.largest }
    }
}

impl<H: Handler, S: Store<H>> Desk<H, S> {
    /// Of this performer, where what leaves is at most so large.
    pub(crate) const fn new(performer: Arc<Performer<H, S>>, largest: usize) -> Self {
        Self { performer, largest }
    }

    /// The pool, for what only reads.
    pub fn pool(&self) -> &PgPool {
        self.performer.pool()
    }

    /// Loads the aggregate, lets `decide` change it, and stores it with what follows, all in one transaction; then answers. It is
    /// asked again where another transaction was in the way, so it is pure, as a handler is. All of it runs to its end even when
    /// nobody waits for the answer any more. `decide` is told who the command is, for ids that follow from it. Pushes of a
    /// command go nowhere: no transport has its sessions.
    pub async fn decide<T, R, F>(&self, command: Command<H::Key>, decide: F) -> Result<T, Undecided<R>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        R: Send + 'static,
        F: Fn(&mut H::Aggregate, &Identity) -> Decision<H, T, R> + Send + Sync + 'static,
    {
        let desk = self.clone();
        let task = tokio::spawn(async move {
            let mut last = None;
            for _ in 0..CONFLICTS {
                match desk.transact(&command, &decide).await {
                    Err(Stop::Conflict(error)) => last = Some(error),
                    Err(Stop::Undecided(why)) => return Err(why),
                    Ok(answer) => return Ok(answer),
                }
            }
            Err(last.map_or_else(|| Undecided::Unavailable(String::new()), Undecided::from))
        });
        task.await.unwrap_or_else(|error| Err(Undecided::Unavailable(error.to_string())))
    }

    async fn transact<T, R, F>(&self, command: &Command<H::Key>, decide: &F) -> Result<T, Stop<R>>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(&mut H::Aggregate, &Identity) -> Decision<H, T, R>,
    {
        let mut transaction = self.pool().begin().await?;
        match self.work(&mut transaction, command, decide).await {
            Ok((answer, leaves)) => {
                transaction.commit().await?;
                if leaves {
                    self.performer.stored.notify_one();
                }
                Ok(answer)
            }
            Err(stop) => {
                // Where this fails the server ends it.
                let _ = transaction.rollback().await;
                Err(stop)
            }
        }
    }

    /// In the order of every transaction: the request's name, as an inbox key, then the aggregate.
    async fn work<T, R, F>(
        &self,
        connection: &mut PgConnection,
        command: &Command<H::Key>,
        decide: &F,
    ) -> Result<(T, bool), Stop<R>>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(&mut H::Aggregate, &Identity) -> Decision<H, T, R>,
    {
        let requests = &self.performer.requests;
        let name = command.name.as_ref();
        if let Some(Name { asker, id, digest }) = name
            && let Known::Answered(before, answer) = requests.claim(connection, (asker, id), digest).await?
        {
            if before != *digest {
                return Err(Undecided::Reused.into());
            }
            let answer = serde_json::from_str(&answer).map_err(|error| sqlx::Error::Decode(error.into()))?;
            return Ok((answer, false));
        }
        let mut aggregate = H::Aggregate::default();
        if !command.is_first {
            let loaded = self.performer.load(connection, [command.key.clone()].into()).await?;
            aggregate = loaded.into_values().next().unwrap_or_default();
        }
        let (answer, effects) = decide(&mut aggregate, &command.identity).map_err(Undecided::Refused)?;
        let folded = self.fold(command, aggregate, effects);
        self.measure(&folded)?;
        self.performer.save(connection, &folded).await?;
        if let Some(Name { asker, id, .. }) = name {
            let text = serde_json::to_string(&answer).map_err(|error| sqlx::Error::Encode(error.into()))?;
            requests.answer(connection, (asker, id), &text).await?;
        }
        Ok((answer, !folded.outgoing.is_empty()))
    }

    fn fold(&self, command: &Command<H::Key>, aggregate: H::Aggregate, effects: Effects<H::Row>) -> Folded<H> {
        let mut folded = Folded::default();
        let order = command.key.to_string();
        let (service, trace) = (self.performer.service, command.trace.as_ref());
        let traceparent = trace.map(|trace| trace.parent.as_str());
        let tracestate = trace.and_then(|trace| trace.state.as_deref());
        let cause = Cause { service, identity: &command.identity, order: &order, traceparent, tracestate };
        folded.take(&cause, effects);
        folded.changed.insert(command.key.clone(), aggregate);
        folded
    }

    /// Who asks hears of it here; later there is nobody to tell.
    fn measure<R>(&self, folded: &Folded<H>) -> Result<(), Undecided<R>> {
        let service = self.performer.service;
        let sizes = folded.outgoing.iter().filter_map(|row| published::size(row, service));
        match sizes.max() {
            Some(size) if size > self.largest => Err(Undecided::TooLarge { size, largest: self.largest }),
            _ => Ok(()),
        }
    }
}

/// Why a transaction ends.
enum Stop<R> {
    Undecided(Undecided<R>),
    /// Another one was in the way.
    Conflict(sqlx::Error),
}

impl<R> From<sqlx::Error> for Stop<R> {
    fn from(error: sqlx::Error) -> Self {
        if is_conflict(&error) { Self::Conflict(error) } else { Self::Undecided(error.into()) }
    }
}

impl<R> From<Undecided<R>> for Stop<R> {
    fn from(why: Undecided<R>) -> Self {
        Self::Undecided(why)
    }
}
