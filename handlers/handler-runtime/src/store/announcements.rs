//! What is being handled: what a process has announced and not taken away when it ends has had an attempt.

use std::collections::BTreeSet;

use handler_contract::Identity;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres};
use uuid::Uuid;

use super::columns::Columns;
use crate::tables::Schema;

/// The announcements of one process of a handler.
#[derive(Clone, Debug)]
pub(crate) struct Announcements {
    handler: String,
    process: Uuid,
    look: String,
    count: String,
    announce: String,
    settle: String,
    withdraw: String,
}

/// The server forgets an announcement only when it ends itself, and with it whatever was being handled.
const LOOK: &str = "
WITH batch AS (
  SELECT source, id FROM unnest($3::text[], $4::text[]) AS b (source, id)
), suspects AS (
  SELECT source, id, false AS announced FROM {schema}.portolan_attempts JOIN batch USING (source, id)
  WHERE handler = $1
  UNION ALL
  SELECT source, id, true FROM {schema}.portolan_announcements JOIN batch USING (source, id)
  WHERE handler = $1 AND process <> $2
), quiet AS (
  SELECT set_config('synchronous_commit', 'off', true) AS is
), announced AS (
  INSERT INTO {schema}.portolan_announcements (handler, process, source, id)
  SELECT $1, $2, source, id FROM batch, quiet
  WHERE quiet.is IS NOT NULL AND NOT EXISTS (SELECT FROM suspects) ORDER BY source, id
  ON CONFLICT (handler, source, id, process) DO UPDATE SET since = excluded.since
)
SELECT source, id, bool_or(announced) FROM suspects GROUP BY source, id";

const COUNT: &str = "
WITH old AS (
  SELECT source, id, process FROM {schema}.portolan_announcements
  JOIN unnest($3::text[], $4::text[]) AS b (source, id) USING (source, id)
  WHERE handler = $1 AND process <> $2 AND since < clock_timestamp() - interval '1 second'
  ORDER BY source, id, process FOR UPDATE OF portolan_announcements
), gone AS (
  DELETE FROM {schema}.portolan_announcements a USING old
  WHERE a.handler = $1 AND a.source = old.source AND a.id = old.id AND a.process = old.process
  RETURNING a.source, a.id
)
INSERT INTO {schema}.portolan_attempts (handler, source, id, attempts, reason)
SELECT $1, source, id, count(*), 'its process ended' FROM gone
WHERE NOT EXISTS (
  SELECT FROM {schema}.portolan_inbox i WHERE i.handler = $1 AND i.source = gone.source AND i.id = gone.id
)
GROUP BY source, id ORDER BY source, id
ON CONFLICT (handler, source, id) DO UPDATE SET attempts = portolan_attempts.attempts + excluded.attempts";

const ANNOUNCE: &str = "
WITH quiet AS (SELECT set_config('synchronous_commit', 'off', true) AS is)
INSERT INTO {schema}.portolan_announcements (handler, process, source, id)
SELECT $1, $2, source, id FROM quiet, unnest($3::text[], $4::text[]) AS b (source, id)
WHERE quiet.is IS NOT NULL ORDER BY source, id
ON CONFLICT (handler, source, id, process) DO UPDATE SET since = excluded.since";

/// Of what is settled the announcements of others go as well: of one whose process has ended, and whom nobody looked at within the
/// second, nobody would hear again.
const SETTLE: &str = "
WITH done AS (
  SELECT source, id, process FROM {schema}.portolan_announcements
  JOIN unnest($3::text[], $4::text[], $5::boolean[]) AS b (source, id, settled) USING (source, id)
  WHERE handler = $1 AND (process = $2 OR settled) ORDER BY source, id, process FOR UPDATE OF portolan_announcements
)
DELETE FROM {schema}.portolan_announcements a USING done
WHERE a.handler = $1 AND a.process = done.process AND a.source = done.source AND a.id = done.id
RETURNING a.process = $2";

const WITHDRAW: &str = "
WITH own AS (
  SELECT source, id FROM {schema}.portolan_announcements
  JOIN unnest($3::text[], $4::text[]) AS b (source, id) USING (source, id)
  WHERE handler = $1 AND process = $2 ORDER BY source, id FOR UPDATE OF portolan_announcements
)
DELETE FROM {schema}.portolan_announcements a USING own
WHERE a.handler = $1 AND a.process = $2 AND a.source = own.source AND a.id = own.id";

impl Announcements {
    /// Of this process, which is named anew.
    pub(crate) fn new(schema: Schema, handler: &str) -> Self {
        let [look, count, announce, settle, withdraw] =
            [LOOK, COUNT, ANNOUNCE, SETTLE, WITHDRAW].map(|statement| schema.statement(statement));
        Self { handler: handler.to_owned(), process: Uuid::new_v4(), look, count, announce, settle, withdraw }
    }

    fn query<'a>(&'a self, statement: &'a str, identities: &BTreeSet<Identity>) -> Query<'a, Postgres, PgArguments> {
        let Columns { sources, ids } = Columns::of(identities);
        sqlx::query(AssertSqlSafe(statement)).bind(&self.handler).bind(self.process).bind(sources).bind(ids)
    }

    /// The events that have failed before or that another process has announced. Where there is none, all are announced; else
    /// none is, and an attempt is counted for each old announcement of another process.
    pub(crate) async fn look(
        &self,
        pool: &PgPool,
        identities: &BTreeSet<Identity>,
    ) -> sqlx::Result<BTreeSet<Identity>> {
        #[cfg(portolan_faults)]
        if crate::faults::is(crate::faults::COUNTED_AFTER) {
            return Ok(BTreeSet::new());
        }
        let Columns { sources, ids } = Columns::of(identities);
        let look = sqlx::query_as(AssertSqlSafe(self.look.as_str()));
        let look = look.bind(&self.handler).bind(self.process).bind(sources).bind(ids);
        let suspects: Vec<(String, String, bool)> = look.fetch_all(pool).await?;
        if suspects.iter().any(|(_, _, announced)| *announced) {
            self.query(&self.count, identities).execute(pool).await?;
        }
        Ok(suspects.into_iter().map(|(source, id, _)| Identity { source, id }).collect())
    }

    /// Announces a part, durable against the end of this process.
    pub(crate) async fn announce(&self, pool: &PgPool, identities: &BTreeSet<Identity>) -> sqlx::Result<()> {
        self.query(&self.announce, identities).execute(pool).await?;
        Ok(())
    }

    /// Takes announcements away: those of this process, and of what is settled everybody's. Whether this process's were all still
    /// there: one that is not was counted meanwhile.
    pub(crate) async fn settle(
        &self,
        connection: &mut PgConnection,
        identities: &BTreeSet<Identity>,
        again: &BTreeSet<Identity>,
    ) -> sqlx::Result<bool> {
        let Columns { sources, ids } = Columns::of(identities);
        let settled: Vec<bool> = identities.iter().map(|identity| !again.contains(identity)).collect();
        let settle = sqlx::query_scalar(AssertSqlSafe(self.settle.as_str()));
        let settle = settle.bind(&self.handler).bind(self.process).bind(sources).bind(ids).bind(settled);
        let own: Vec<bool> = settle.fetch_all(connection).await?;
        Ok(own.into_iter().filter(|own| *own).count() == identities.len())
    }

    /// Takes the announcements of this process away, of what it gives up.
    pub(crate) async fn withdraw(&self, pool: &PgPool, identities: &BTreeSet<Identity>) -> sqlx::Result<()> {
        self.query(&self.withdraw, identities).execute(pool).await?;
        Ok(())
    }
}
