//! One part of a batch becomes durable in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handler_contract::{Handler, Identity};
use handler_protocol::{Batch, Folded, Standing};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::perform::Performer;
use crate::position::Course;
use crate::store::Store;

/// Keys that wait for an event that has to come again, and for how long.
pub(crate) type Held<H> = BTreeMap<<H as Handler>::Key, Duration>;

/// A part of a batch.
pub(crate) struct Part {
    pub(crate) batch: Batch,
    /// Who they are that the handler acts on.
    pub(crate) identities: BTreeSet<Identity>,
    /// What it is announced as.
    pub(crate) name: Uuid,
    /// Where it begins in the batch.
    pub(crate) from: usize,
    /// Whether its announcement is stored.
    pub(crate) announced: bool,
    /// Whether it is an event that has failed before, or that another process has announced.
    pub(crate) suspect: bool,
}

impl Part {
    /// One that begins there, and is not announced.
    pub(crate) fn of<H: Handler>(batch: Batch, from: usize) -> Self {
        let identities = batch.identities::<H>();
        Self { batch, identities, name: Uuid::new_v4(), from, announced: false, suspect: false }
    }

    /// Two halves, the second first: the next part is taken from the end.
    pub(crate) fn halves<H: Handler>(self) -> [Self; 2] {
        let (first, second) = self.batch.halves();
        let middle = self.from + first.len();
        [Self::of::<H>(second, middle), Self::of::<H>(first, self.from)]
    }
}

/// Why a batch ends before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The database could not be asked, or did not do it.
    Database(sqlx::Error),
    /// The database has lost what the part follows; the place that it has.
    WentBack(Option<i64>),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl<H: Handler, S: Store<H>> Performer<H, S> {
    /// Rows are locked in one order in every transaction: the stored offset, inbox keys, aggregates, announcements, attempts.
    pub(crate) async fn transact(
        &self,
        part: &Part,
        held: &Held<H>,
        refused: Option<&str>,
        course: &mut Option<Course>,
    ) -> Result<Folded<H>, Stop> {
        let mut transaction = self.pool.begin().await?;
        if let Some(course) = course {
            let stored = self.positions.lock(&mut transaction, course).await?;
            if stored.as_ref().is_none_or(|stored| !course.is_known(stored)) {
                return Err(Stop::WentBack(stored.map(|stored| stored.next)));
            }
        }
        let identities = &part.identities;
        let replays = part.batch.replays::<H>();
        #[cfg(portolan_faults)]
        let early = crate::faults::read_first::<H, S>(&self.handler, &self.pool, &part.batch, identities).await?;
        let standing = self.standing(&mut transaction, identities, &replays).await?;
        #[cfg(portolan_faults)]
        let mut transaction = crate::faults::apart(transaction, &self.pool).await?;
        let folded = match refused {
            None => {
                let loaded = self.aggregates(&mut transaction, part, &standing).await?;
                #[cfg(portolan_faults)]
                let loaded = early.unwrap_or(loaded);
                part.batch.fold(&self.handler, self.limits, &standing, loaded, held.clone())
            }
            Some(reason) => part.batch.refused(&self.handler, self.limits, &standing, held.clone(), reason),
        };
        self.save(&mut transaction, &folded).await?;
        let after = course.as_ref().map(|course| course.after(part.from, &folded.verdicts));
        if let Some(after) = &after {
            self.positions.store(&mut transaction, after).await?;
        }
        let given_up = part.batch.given_up(&folded.verdicts);
        if !given_up.is_empty() {
            self.inbox.give_up(&mut transaction, &given_up).await?;
        }
        self.settle(&mut transaction, part, &standing, &folded).await?;
        transaction.commit().await?;
        *course = after;
        if !folded.outgoing.is_empty() {
            self.stored.notify_one();
        }
        Ok(folded)
    }

    /// Attempts are read after the inbox insert: it waits for whoever has the same event, and may have counted it.
    async fn standing(
        &self,
        connection: &mut PgConnection,
        identities: &BTreeSet<Identity>,
        replays: &BTreeMap<Identity, String>,
    ) -> sqlx::Result<Standing> {
        if identities.is_empty() {
            return Ok(Standing::default());
        }
        let new = self.inbox.insert(connection, identities, replays).await?;
        #[cfg(portolan_faults)]
        let new = if crate::faults::is(crate::faults::NO_INBOX) { identities.clone() } else { new };
        let attempts = self.inbox.attempts(connection, identities).await?;
        Ok(Standing { new, attempts })
    }

    /// The aggregates of a part's new events; what holds nothing is not looked for.
    async fn aggregates(
        &self,
        connection: &mut PgConnection,
        part: &Part,
        standing: &Standing,
    ) -> sqlx::Result<BTreeMap<H::Key, H::Aggregate>> {
        if size_of::<H::Aggregate>() == 0 {
            return Ok(BTreeMap::new());
        }
        self.load(connection, part.batch.keys(&self.handler, &standing.new)).await
    }

    /// The aggregates of these keys. One that is not stored yet has no row to lock, so its key is locked before it is read
    /// again: another transaction may have stored it meanwhile.
    pub(crate) async fn load(
        &self,
        connection: &mut PgConnection,
        mut keys: BTreeSet<H::Key>,
    ) -> sqlx::Result<BTreeMap<H::Key, H::Aggregate>> {
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut loaded = S::load(connection, &keys).await?;
        keys.retain(|key| !loaded.contains_key(key));
        if !keys.is_empty() {
            self.keys.lock(connection, &keys).await?;
            loaded.extend(S::load(connection, &keys).await?);
        }
        Ok(loaded)
    }

    pub(crate) async fn save(&self, connection: &mut PgConnection, folded: &Folded<H>) -> sqlx::Result<()> {
        if !folded.changed.is_empty() || !folded.appended.is_empty() {
            S::save(connection, &folded.changed, &folded.appended).await?;
        }
        if !folded.outgoing.is_empty() {
            self.outbox.insert(connection, &folded.outgoing).await?;
        }
        Ok(())
    }

    /// Inbox keys of what comes again, the announcement, and attempts: those of what is settled are forgotten, those of what
    /// waits stay as they are.
    async fn settle(
        &self,
        connection: &mut PgConnection,
        part: &Part,
        standing: &Standing,
        folded: &Folded<H>,
    ) -> sqlx::Result<()> {
        let identities = &part.identities;
        if identities.is_empty() {
            return Ok(());
        }
        let failed = folded.failed.iter().map(|attempt| &attempt.identity);
        let again: BTreeSet<Identity> = failed.chain(&folded.waiting).cloned().collect();
        if !again.is_empty() {
            self.inbox.reopen(connection, &again).await?;
        }
        let uncounted = self.announcements.settle(connection, part.name, identities, &again).await?;
        let counted = |identity: &&Identity| !uncounted || standing.attempts.contains_key(*identity);
        let forgiven: Vec<&Identity> = identities.difference(&again).filter(counted).collect();
        if !forgiven.is_empty() {
            self.inbox.forgive(connection, forgiven).await?;
        }
        if !folded.failed.is_empty() {
            self.inbox.count(connection, &folded.failed).await?;
        }
        Ok(())
    }
}
