//! What was handled, and what has failed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handler_contract::Identity;
use handler_protocol::Attempt;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::columns::Columns;
use crate::tables::Schema;

/// The inbox of one handler.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    handler: String,
    insert: String,
    replay: String,
    give_up: String,
    attempts: String,
    reopen: String,
    count: String,
    forgive: String,
    forget: String,
    forsake: String,
    pardon: String,
}

/// Those come back that were there before: as a rule none.
const INSERT: &str = "
WITH inserted AS (
  INSERT INTO {schema}.portolan_inbox (handler, source, id)
  SELECT $1, b.source, b.id FROM unnest($2::text[], $3::text[]) AS b (source, id) ORDER BY source, id
  ON CONFLICT DO NOTHING RETURNING source, id
)
SELECT source, id FROM unnest($2::text[], $3::text[]) AS b (source, id)
WHERE NOT EXISTS (SELECT FROM inserted WHERE inserted.source = b.source AND inserted.id = b.id)";

/// The same where some of them are replays: one that was given up is new again, once for each replay. Rows are taken in the
/// order of the other statement.
const REPLAY: &str = "
WITH inserted AS (
  INSERT INTO {schema}.portolan_inbox AS inbox (handler, source, id, replay)
  SELECT $1, b.source, b.id, b.replay FROM unnest($2::text[], $3::text[], $4::text[]) AS b (source, id, replay)
  ORDER BY source, id
  ON CONFLICT (handler, source, id) DO UPDATE SET handled_at = now(), given_up = false, replay = excluded.replay
  WHERE inbox.given_up AND excluded.replay IS NOT NULL AND inbox.replay IS DISTINCT FROM excluded.replay
  RETURNING source, id
)
SELECT source, id FROM unnest($2::text[], $3::text[]) AS b (source, id)
WHERE NOT EXISTS (SELECT FROM inserted WHERE inserted.source = b.source AND inserted.id = b.id)";

const GIVE_UP: &str = "
UPDATE {schema}.portolan_inbox i SET given_up = true
FROM unnest($2::text[], $3::text[]) AS b (source, id)
WHERE i.handler = $1 AND i.source = b.source AND i.id = b.id";

const ATTEMPTS: &str = "
SELECT source, id, attempts FROM {schema}.portolan_attempts
JOIN unnest($2::text[], $3::text[]) AS b (source, id) USING (source, id) WHERE handler = $1";

const REOPEN: &str = "
DELETE FROM {schema}.portolan_inbox i USING unnest($2::text[], $3::text[]) AS b (source, id)
WHERE i.handler = $1 AND i.source = b.source AND i.id = b.id";

const COUNT: &str = "
INSERT INTO {schema}.portolan_attempts (handler, source, id, attempts, reason)
SELECT $1, b.source, b.id, b.attempts, b.reason
FROM unnest($2::text[], $3::text[], $4::integer[], $5::text[]) AS b (source, id, attempts, reason)
ORDER BY source, id
ON CONFLICT (handler, source, id) DO UPDATE
  SET attempts = greatest(portolan_attempts.attempts, excluded.attempts), reason = excluded.reason";

const FORGIVE: &str = "
WITH settled AS (
  SELECT source, id FROM {schema}.portolan_attempts
  JOIN unnest($2::text[], $3::text[]) AS b (source, id) USING (source, id)
  WHERE handler = $1 ORDER BY source, id FOR UPDATE OF portolan_attempts
)
DELETE FROM {schema}.portolan_attempts a USING settled
WHERE a.handler = $1 AND a.source = settled.source AND a.id = settled.id";

/// A bounded part of what is older than anybody can deliver again.
const FORGET: &str = "
DELETE FROM {schema}.portolan_inbox WHERE ctid IN (
  SELECT ctid FROM {schema}.portolan_inbox WHERE handled_at < now() - make_interval(secs => $1) LIMIT 10000
)";

/// What a process has announced whose events nobody delivers again, or that others had settled before.
const FORSAKE: &str = "
DELETE FROM {schema}.portolan_announcements WHERE ctid IN (
  SELECT a.ctid FROM {schema}.portolan_announcements a
  WHERE a.since < now() - make_interval(secs => $1) OR NOT EXISTS (
    SELECT FROM unnest(a.sources, a.ids) AS announced (source, id) WHERE NOT EXISTS (
      SELECT FROM {schema}.portolan_inbox i
      WHERE i.handler = a.handler AND i.source = announced.source AND i.id = announced.id
    )
  )
  FOR UPDATE OF a SKIP LOCKED
)";

/// Attempts that were counted of what another had settled.
const PARDON: &str = "
DELETE FROM {schema}.portolan_attempts WHERE ctid IN (
  SELECT a.ctid FROM {schema}.portolan_attempts a
  JOIN {schema}.portolan_inbox i ON i.handler = a.handler AND i.source = a.source AND i.id = a.id
  FOR UPDATE OF a SKIP LOCKED
)";

impl Inbox {
    pub(crate) fn new(schema: Schema, handler: &str) -> Self {
        let statements = [INSERT, REPLAY, GIVE_UP, ATTEMPTS, REOPEN, COUNT, FORGIVE, FORGET, FORSAKE, PARDON];
        let statements = statements.map(|text| schema.statement(text));
        let [insert, replay, give_up, attempts, reopen, count, forgive, forget, forsake, pardon] = statements;
        #[cfg(portolan_faults)]
        let insert = crate::faults::unsorted(insert);
        let handler = handler.to_owned();
        Self { handler, insert, replay, give_up, attempts, reopen, count, forgive, forget, forsake, pardon }
    }

    /// Marks events as handled; returns those that were not before, or were given up and are replayed.
    pub(crate) async fn insert(
        &self,
        connection: &mut PgConnection,
        identities: &BTreeSet<Identity>,
        replays: &BTreeMap<Identity, String>,
    ) -> sqlx::Result<BTreeSet<Identity>> {
        let columns = Columns::of(identities);
        let text = if replays.is_empty() { &self.insert } else { &self.replay };
        let mut insert =
            sqlx::query_as(AssertSqlSafe(text.as_str())).bind(&self.handler).bind(&columns.sources).bind(&columns.ids);
        if !replays.is_empty() {
            let replays: Vec<Option<&str>> =
                identities.iter().map(|one| replays.get(one).map(String::as_str)).collect();
            insert = insert.bind(replays);
        }
        let rows: Vec<(String, String)> = insert.fetch_all(connection).await?;
        let mut new = identities.clone();
        for (source, id) in rows {
            new.remove(&Identity { source, id });
        }
        Ok(new)
    }

    /// How often events have failed; read after [`Self::insert`], so that what another transaction on them counted is seen.
    pub(crate) async fn attempts(
        &self,
        connection: &mut PgConnection,
        identities: &BTreeSet<Identity>,
    ) -> sqlx::Result<BTreeMap<Identity, u32>> {
        let columns = Columns::of(identities);
        let attempts = sqlx::query_as(AssertSqlSafe(self.attempts.as_str()));
        let attempts = attempts.bind(&self.handler).bind(&columns.sources).bind(&columns.ids);
        let rows: Vec<(String, String, i32)> = attempts.fetch_all(connection).await?;
        let count = |attempts: i32| u32::try_from(attempts).unwrap_or(0);
        Ok(rows.into_iter().map(|(source, id, attempts)| (Identity { source, id }, count(attempts))).collect())
    }

    /// Marks events as given up: they count as handled, until they are replayed.
    pub(crate) async fn give_up(
        &self,
        connection: &mut PgConnection,
        given_up: &BTreeSet<Identity>,
    ) -> sqlx::Result<()> {
        let columns = Columns::of(given_up);
        let give_up = sqlx::query(AssertSqlSafe(self.give_up.as_str()));
        give_up.bind(&self.handler).bind(&columns.sources).bind(&columns.ids).execute(connection).await?;
        Ok(())
    }

    /// Marks what comes again as not handled.
    pub(crate) async fn reopen(&self, connection: &mut PgConnection, again: &BTreeSet<Identity>) -> sqlx::Result<()> {
        let columns = Columns::of(again);
        let reopen = sqlx::query(AssertSqlSafe(self.reopen.as_str()));
        reopen.bind(&self.handler).bind(&columns.sources).bind(&columns.ids).execute(connection).await?;
        Ok(())
    }

    /// Counts what has failed.
    pub(crate) async fn count(&self, connection: &mut PgConnection, failed: &[Attempt]) -> sqlx::Result<()> {
        let failed: BTreeMap<&Identity, &Attempt> = failed.iter().map(|one| (&one.identity, one)).collect();
        let columns = Columns::of(failed.keys().copied());
        let counts: Vec<i32> = failed.values().map(|one| i32::try_from(one.attempts).unwrap_or(i32::MAX)).collect();
        let reasons: Vec<&str> = failed.values().map(|one| one.reason.as_str()).collect();
        sqlx::query(AssertSqlSafe(self.count.as_str()))
            .bind(&self.handler)
            .bind(&columns.sources)
            .bind(&columns.ids)
            .bind(&counts)
            .bind(&reasons)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Takes the count away of what is settled.
    pub(crate) async fn forgive<'a>(
        &self,
        connection: &mut PgConnection,
        settled: impl IntoIterator<Item = &'a Identity>,
    ) -> sqlx::Result<()> {
        let columns = Columns::of(settled);
        let forgive = sqlx::query(AssertSqlSafe(self.forgive.as_str()));
        forgive.bind(&self.handler).bind(&columns.sources).bind(&columns.ids).execute(connection).await?;
        Ok(())
    }

    /// Forgets what was handled so long ago, and what was announced or counted to no purpose; how many of the first there were.
    pub(crate) async fn forget(&self, pool: &PgPool, older: Duration) -> sqlx::Result<u64> {
        let forget = sqlx::query(AssertSqlSafe(self.forget.as_str()));
        let forgotten = forget.bind(older.as_secs_f64()).execute(pool).await?.rows_affected();
        sqlx::query(AssertSqlSafe(self.forsake.as_str())).bind(older.as_secs_f64()).execute(pool).await?;
        sqlx::query(AssertSqlSafe(self.pardon.as_str())).execute(pool).await?;
        Ok(forgotten)
    }
}
