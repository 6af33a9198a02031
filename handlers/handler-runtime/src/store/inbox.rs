//! What was handled, what has failed, and what is being handled.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handler_contract::Identity;
use handler_protocol::Attempt;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use crate::tables::Schema;

/// The inbox of one handler.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    handler: String,
    process: Uuid,
    statements: Statements,
}

/// Statements with the schema's name in them, written once.
#[derive(Clone, Debug)]
struct Statements {
    announce: String,
    sweep: String,
    insert: String,
    reopen: String,
    count: String,
    forgive: String,
    settle: String,
    forget: String,
}

const ANNOUNCE: &str = "
WITH suspects AS (
  SELECT a.source, a.id, a.attempts FROM {schema}.portolan_attempts a
  JOIN unnest($2::text[], $3::text[]) AS b (source, id) USING (source, id) WHERE a.handler = $1
), quiet AS (
  SELECT set_config('synchronous_commit', 'off', true) AS is
), announced AS (
  INSERT INTO {schema}.portolan_in_flight (batch, handler, process, sources, ids)
  SELECT $4, $1, $5, $2, $3 FROM quiet WHERE quiet.is IS NOT NULL AND ($6 OR NOT EXISTS (SELECT FROM suspects))
)
SELECT source, id, attempts FROM suspects";

const SWEEP: &str = "
WITH abandoned AS (
  DELETE FROM {schema}.portolan_in_flight
  WHERE handler = $1 AND process <> $2 AND since < clock_timestamp() - interval '1 second'
  RETURNING sources, ids
)
INSERT INTO {schema}.portolan_attempts (handler, source, id, attempts, reason)
SELECT $1, b.source, b.id, count(*), 'its process ended' FROM abandoned, unnest(sources, ids) AS b (source, id)
WHERE NOT EXISTS (SELECT FROM {schema}.portolan_inbox i WHERE i.handler = $1 AND i.source = b.source AND i.id = b.id)
GROUP BY b.source, b.id ORDER BY b.source, b.id
ON CONFLICT (handler, source, id) DO UPDATE SET attempts = portolan_attempts.attempts + excluded.attempts";

const INSERT: &str = "
INSERT INTO {schema}.portolan_inbox (handler, source, id)
SELECT $1, b.source, b.id FROM unnest($2::text[], $3::text[]) AS b (source, id)
ON CONFLICT DO NOTHING RETURNING source, id";

const REOPEN: &str = "
DELETE FROM {schema}.portolan_inbox i USING unnest($2::text[], $3::text[]) AS b (source, id)
WHERE i.handler = $1 AND i.source = b.source AND i.id = b.id";

const COUNT: &str = "
INSERT INTO {schema}.portolan_attempts (handler, source, id, attempts, reason)
SELECT $1, b.source, b.id, b.attempts, b.reason
FROM unnest($2::text[], $3::text[], $4::integer[], $5::text[]) AS b (source, id, attempts, reason)
ON CONFLICT (handler, source, id) DO UPDATE
  SET attempts = greatest(portolan_attempts.attempts, excluded.attempts), reason = excluded.reason";

const FORGIVE: &str = "
DELETE FROM {schema}.portolan_attempts a USING unnest($2::text[], $3::text[]) AS b (source, id)
WHERE a.handler = $1 AND a.source = b.source AND a.id = b.id";

const SETTLE: &str = "DELETE FROM {schema}.portolan_in_flight WHERE batch = $1";

/// A bounded part of what is older than anybody can deliver again.
const FORGET: &str = "
DELETE FROM {schema}.portolan_inbox WHERE ctid IN (
  SELECT ctid FROM {schema}.portolan_inbox WHERE handled_at < now() - make_interval(secs => $1) LIMIT 10000
)";

/// Identities as two arrays.
struct Columns {
    sources: Vec<String>,
    ids: Vec<String>,
}

impl Columns {
    fn of<'a>(identities: impl IntoIterator<Item = &'a Identity>) -> Self {
        let (sources, ids) = identities.into_iter().map(|one| (one.source.clone(), one.id.clone())).unzip();
        Self { sources, ids }
    }
}

impl Inbox {
    pub(crate) fn new(schema: Schema, handler: &str) -> Self {
        let statements = Statements {
            announce: schema.statement(ANNOUNCE),
            sweep: schema.statement(SWEEP),
            insert: schema.statement(INSERT),
            reopen: schema.statement(REOPEN),
            count: schema.statement(COUNT),
            forgive: schema.statement(FORGIVE),
            settle: schema.statement(SETTLE),
            forget: schema.statement(FORGET),
        };
        Self { handler: handler.to_owned(), process: Uuid::new_v4(), statements }
    }

    /// Announces a batch, durable against the end of this process, and tells how often its events have failed. A batch with
    /// one that has is not announced, unless it is the only one: it has to be taken apart first.
    pub(crate) async fn announce(
        &self,
        pool: &PgPool,
        batch: Uuid,
        identities: &BTreeSet<Identity>,
    ) -> sqlx::Result<BTreeMap<Identity, u32>> {
        let columns = Columns::of(identities);
        let rows: Vec<(String, String, i32)> = sqlx::query_as(AssertSqlSafe(self.statements.announce.as_str()))
            .bind(&self.handler)
            .bind(&columns.sources)
            .bind(&columns.ids)
            .bind(batch)
            .bind(self.process)
            .bind(identities.len() == 1)
            .fetch_all(pool)
            .await?;
        let count = |attempts: i32| u32::try_from(attempts).unwrap_or(0);
        Ok(rows.into_iter().map(|(source, id, attempts)| (Identity { source, id }, count(attempts))).collect())
    }

    /// Counts an attempt for what was being handled by processes that are gone.
    pub(crate) async fn sweep(&self, pool: &PgPool) -> sqlx::Result<()> {
        let sweep = sqlx::query(AssertSqlSafe(self.statements.sweep.as_str()));
        sweep.bind(&self.handler).bind(self.process).execute(pool).await?;
        Ok(())
    }

    /// Marks events as handled; those that were not before come back.
    pub(crate) async fn insert(
        &self,
        connection: &mut PgConnection,
        identities: &BTreeSet<Identity>,
    ) -> sqlx::Result<BTreeSet<Identity>> {
        let columns = Columns::of(identities);
        let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(self.statements.insert.as_str()))
            .bind(&self.handler)
            .bind(&columns.sources)
            .bind(&columns.ids)
            .fetch_all(connection)
            .await?;
        Ok(rows.into_iter().map(|(source, id)| Identity { source, id }).collect())
    }

    /// Counts what has failed, and marks it and what waits for it as not handled.
    pub(crate) async fn reopen(
        &self,
        connection: &mut PgConnection,
        failed: &[Attempt],
        waiting: &[Identity],
    ) -> sqlx::Result<()> {
        let all = Columns::of(failed.iter().map(|attempt| &attempt.identity).chain(waiting));
        let reopen = sqlx::query(AssertSqlSafe(self.statements.reopen.as_str()));
        reopen.bind(&self.handler).bind(&all.sources).bind(&all.ids).execute(&mut *connection).await?;
        let failed: BTreeMap<&Identity, &Attempt> = failed.iter().map(|one| (&one.identity, one)).collect();
        let columns = Columns::of(failed.keys().copied());
        let counts: Vec<i32> = failed.values().map(|one| i32::try_from(one.attempts).unwrap_or(i32::MAX)).collect();
        let reasons: Vec<&str> = failed.values().map(|one| one.reason.as_str()).collect();
        sqlx::query(AssertSqlSafe(self.statements.count.as_str()))
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
        let forgive = sqlx::query(AssertSqlSafe(self.statements.forgive.as_str()));
        forgive.bind(&self.handler).bind(&columns.sources).bind(&columns.ids).execute(connection).await?;
        Ok(())
    }

    /// Takes the announcement away.
    pub(crate) async fn settle(&self, connection: &mut PgConnection, batch: Uuid) -> sqlx::Result<()> {
        sqlx::query(AssertSqlSafe(self.statements.settle.as_str())).bind(batch).execute(connection).await?;
        Ok(())
    }

    /// Forgets what was handled so long ago; how many that were.
    pub(crate) async fn forget(&self, pool: &PgPool, older: Duration) -> sqlx::Result<u64> {
        let forget = sqlx::query(AssertSqlSafe(self.statements.forget.as_str()));
        Ok(forget.bind(older.as_secs_f64()).execute(pool).await?.rows_affected())
    }
}
