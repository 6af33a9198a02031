//! What is being handled: what a process has announced and not taken away when it ends has had an attempt.

use std::collections::BTreeSet;

use handler_contract::Identity;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use super::columns::Columns;
use crate::tables::Schema;

/// The announcements of one process of a handler: a row for each part that it has in hand, with the part's events. A row for each
/// event would cost more than all else that is stored of it.
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
  SELECT source, id, true FROM {schema}.portolan_announcements
  CROSS JOIN LATERAL unnest(sources, ids) AS theirs (source, id) JOIN batch USING (source, id)
  WHERE handler = $1 AND process <> $2
), quiet AS (
  SELECT set_config('synchronous_commit', 'off', true) AS is
), announced AS (
  INSERT INTO {schema}.portolan_announcements (handler, process, part, sources, ids)
  SELECT $1, $2, $5, $3, $4 FROM quiet WHERE quiet.is IS NOT NULL AND NOT EXISTS (SELECT FROM suspects)
)
SELECT source, id, bool_or(announced) FROM suspects GROUP BY source, id";

/// Of the old announcements of others those of the batch's events are counted and taken away. Who waited for a row sees it as it is
/// then, so nothing is counted twice.
const COUNT: &str = "
WITH batch AS (
  SELECT source, id FROM unnest($3::text[], $4::text[]) AS b (source, id)
), old AS (
  SELECT process, part, sources, ids FROM {schema}.portolan_announcements
  WHERE handler = $1 AND process <> $2 AND since < clock_timestamp() - interval '1 second' AND EXISTS (
    SELECT FROM unnest(sources, ids) AS theirs (source, id) JOIN batch USING (source, id)
  )
  ORDER BY process, part FOR UPDATE
), rest AS (
  SELECT process, part, array_agg(theirs.source) AS sources, array_agg(theirs.id) AS ids
  FROM old CROSS JOIN LATERAL unnest(sources, ids) AS theirs (source, id) LEFT JOIN batch USING (source, id)
  WHERE batch.id IS NULL GROUP BY process, part
), shortened AS (
  UPDATE {schema}.portolan_announcements a SET sources = rest.sources, ids = rest.ids FROM rest
  WHERE a.handler = $1 AND a.process = rest.process AND a.part = rest.part
), gone AS (
  DELETE FROM {schema}.portolan_announcements a USING old
  WHERE a.handler = $1 AND a.process = old.process AND a.part = old.part
    AND NOT EXISTS (SELECT FROM rest WHERE rest.process = old.process AND rest.part = old.part)
), counted AS (
  SELECT theirs.source, theirs.id
  FROM old CROSS JOIN LATERAL unnest(sources, ids) AS theirs (source, id) JOIN batch USING (source, id)
)
INSERT INTO {schema}.portolan_attempts (handler, source, id, attempts, reason)
SELECT $1, source, id, count(*), 'its process ended' FROM counted
WHERE NOT EXISTS (
  SELECT FROM {schema}.portolan_inbox i WHERE i.handler = $1 AND i.source = counted.source AND i.id = counted.id
)
GROUP BY source, id ORDER BY source, id
ON CONFLICT (handler, source, id) DO UPDATE SET attempts = portolan_attempts.attempts + excluded.attempts";

const ANNOUNCE: &str = "
WITH quiet AS (SELECT set_config('synchronous_commit', 'off', true) AS is)
INSERT INTO {schema}.portolan_announcements (handler, process, part, sources, ids)
SELECT $1, $2, $5, $3, $4 FROM quiet WHERE quiet.is IS NOT NULL";

/// Of what is settled the announcements of others go as well: of one whose process has ended, and whom nobody looked at within the
/// second, nobody would hear again. All that is locked is locked in one order.
const SETTLE: &str = "
WITH settled AS (
  SELECT source, id FROM unnest($3::text[], $4::text[], $6::boolean[]) AS b (source, id, settled) WHERE settled
), done AS (
  SELECT process, part, sources, ids FROM {schema}.portolan_announcements
  WHERE handler = $1 AND (process = $2 AND part = $5 OR process <> $2 AND EXISTS (
    SELECT FROM unnest(sources, ids) AS theirs (source, id) JOIN settled USING (source, id)
  ))
  ORDER BY process, part FOR UPDATE
), rest AS (
  SELECT process, part, array_agg(theirs.source) AS sources, array_agg(theirs.id) AS ids
  FROM done CROSS JOIN LATERAL unnest(sources, ids) AS theirs (source, id) LEFT JOIN settled USING (source, id)
  WHERE process <> $2 AND settled.id IS NULL GROUP BY process, part
), shortened AS (
  UPDATE {schema}.portolan_announcements a SET sources = rest.sources, ids = rest.ids FROM rest
  WHERE a.handler = $1 AND a.process = rest.process AND a.part = rest.part
), gone AS (
  DELETE FROM {schema}.portolan_announcements a USING done
  WHERE a.handler = $1 AND a.process = done.process AND a.part = done.part
    AND NOT EXISTS (SELECT FROM rest WHERE rest.process = done.process AND rest.part = done.part)
)
SELECT cardinality(ids) FROM done WHERE process = $2";

const WITHDRAW: &str = "
DELETE FROM {schema}.portolan_announcements WHERE handler = $1 AND process = $2 AND part = $3";

impl Announcements {
    /// Of this process, which is named anew.
    pub(crate) fn new(schema: Schema, handler: &str) -> Self {
        let [look, count, announce, settle, withdraw] =
            [LOOK, COUNT, ANNOUNCE, SETTLE, WITHDRAW].map(|statement| schema.statement(statement));
        Self { handler: handler.to_owned(), process: Uuid::new_v4(), look, count, announce, settle, withdraw }
    }

    /// The events that have failed before or that another process has announced. Where there is none, all are announced as this
    /// part; else none is, and an attempt is counted for each old announcement of another process.
    pub(crate) async fn look(
        &self,
        pool: &PgPool,
        part: Uuid,
        identities: &BTreeSet<Identity>,
    ) -> sqlx::Result<BTreeSet<Identity>> {
        #[cfg(portolan_faults)]
        if crate::faults::is(crate::faults::COUNTED_AFTER) {
            return Ok(BTreeSet::new());
        }
        let Columns { sources, ids } = Columns::of(identities);
        let look = sqlx::query_as(AssertSqlSafe(self.look.as_str()));
        let look = look.bind(&self.handler).bind(self.process).bind(&sources).bind(&ids).bind(part);
        let suspects: Vec<(String, String, bool)> = look.fetch_all(pool).await?;
        if suspects.iter().any(|(_, _, announced)| *announced) {
            let count = sqlx::query(AssertSqlSafe(self.count.as_str())).bind(&self.handler).bind(self.process);
            count.bind(&sources).bind(&ids).execute(pool).await?;
        }
        Ok(suspects.into_iter().map(|(source, id, _)| Identity { source, id }).collect())
    }

    /// Announces a part, durable against the end of this process.
    pub(crate) async fn announce(
        &self,
        pool: &PgPool,
        part: Uuid,
        identities: &BTreeSet<Identity>,
    ) -> sqlx::Result<()> {
        let Columns { sources, ids } = Columns::of(identities);
        let announce = sqlx::query(AssertSqlSafe(self.announce.as_str())).bind(&self.handler).bind(self.process);
        announce.bind(sources).bind(ids).bind(part).execute(pool).await?;
        Ok(())
    }

    /// Takes announcements away: this part's, and of what is settled everybody's. Whether this part's was still there with all of
    /// its events: one that is not was counted meanwhile.
    pub(crate) async fn settle(
        &self,
        connection: &mut PgConnection,
        part: Uuid,
        identities: &BTreeSet<Identity>,
        again: &BTreeSet<Identity>,
    ) -> sqlx::Result<bool> {
        let Columns { sources, ids } = Columns::of(identities);
        let settled: Vec<bool> = identities.iter().map(|identity| !again.contains(identity)).collect();
        let settle = sqlx::query_scalar(AssertSqlSafe(self.settle.as_str())).bind(&self.handler).bind(self.process);
        let own: Option<i32> =
            settle.bind(sources).bind(ids).bind(part).bind(settled).fetch_optional(connection).await?;
        Ok(own.and_then(|own| usize::try_from(own).ok()) == Some(identities.len()))
    }

    /// Takes the announcement of a part away that is given up.
    pub(crate) async fn withdraw(&self, pool: &PgPool, part: Uuid) -> sqlx::Result<()> {
        let withdraw = sqlx::query(AssertSqlSafe(self.withdraw.as_str()));
        withdraw.bind(&self.handler).bind(self.process).bind(part).execute(pool).await?;
        Ok(())
    }
}
