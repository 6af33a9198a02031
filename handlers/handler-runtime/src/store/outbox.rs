//! What has to leave the service.

use handler_protocol::Outgoing;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::tables::Schema;

/// Rows that leave in one transaction.
pub(crate) const AT_ONCE: i64 = 500;

/// The outbox of one service.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    schema: Schema,
    insert: String,
    waiting: String,
    oldest: String,
    delete: String,
    refuse: String,
    depth: String,
}

/// A row, as it is stored.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its place in the order.
    pub(crate) position: i64,
    /// What leaves.
    pub(crate) outgoing: Outgoing,
}

/// Keys are spread over eight shards, by a hash that is the same for every process; one relay at a time works on a shard.
const INSERT: &str = "
INSERT INTO {schema}.portolan_outbox (shard, outgoing)
SELECT hashtext(key) & 7, outgoing FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS b (key, outgoing, n) ORDER BY n";
const WAITING: &str = "SELECT DISTINCT shard FROM {schema}.portolan_outbox WHERE failed IS NULL ORDER BY shard";
const OLDEST: &str = "
SELECT position, outgoing FROM {schema}.portolan_outbox WHERE shard = $1 AND failed IS NULL ORDER BY position LIMIT $2";
const DELETE: &str = "DELETE FROM {schema}.portolan_outbox WHERE position = ANY ($1)";
const REFUSE: &str = "UPDATE {schema}.portolan_outbox SET failed = $2 WHERE position = $1";
const DEPTH: &str = "
SELECT count(*) FILTER (WHERE failed IS NULL) AS waiting,
       coalesce(extract(epoch FROM clock_timestamp() - min(stored_at) FILTER (WHERE failed IS NULL)), 0)::float8 AS oldest,
       count(failed) AS refused
FROM {schema}.portolan_outbox";

/// What is in the outbox.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct Depth {
    /// How many rows wait.
    pub(crate) waiting: i64,
    /// How many seconds the oldest of them has waited.
    pub(crate) oldest: f64,
    /// How many were refused for ever.
    pub(crate) refused: i64,
}

impl Outbox {
    pub(crate) fn new(schema: Schema) -> Self {
        let [insert, waiting, oldest, delete, refuse, depth] =
            [INSERT, WAITING, OLDEST, DELETE, REFUSE, DEPTH].map(|text| schema.statement(text));
        #[cfg(portolan_faults)]
        let oldest = crate::faults::oldest(oldest, schema);
        Self { schema, insert, waiting, oldest, delete, refuse, depth }
    }

    /// Stores rows in their order.
    pub(crate) async fn insert(&self, connection: &mut PgConnection, outgoing: &[Outgoing]) -> sqlx::Result<()> {
        let keys: Vec<&str> = outgoing.iter().map(|one| one.key.as_str()).collect();
        let texts = outgoing.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let texts = texts.map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        let insert = sqlx::query(AssertSqlSafe(self.insert.as_str()));
        insert.bind(&keys).bind(&texts).execute(connection).await?;
        Ok(())
    }

    /// The shards in which rows wait.
    pub(crate) async fn waiting(&self, pool: &PgPool) -> sqlx::Result<Vec<i16>> {
        sqlx::query_scalar(AssertSqlSafe(self.waiting.as_str())).fetch_all(pool).await
    }

    /// Takes a shard for the rest of the transaction; false where somebody else has it.
    pub(crate) async fn lock(&self, connection: &mut PgConnection, shard: i16) -> sqlx::Result<bool> {
        #[cfg(portolan_faults)]
        if crate::faults::is(crate::faults::TWO_RELAYS) {
            return Ok(true);
        }
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext('portolan-outbox-' || $1), $2)")
            .bind(self.schema.name())
            .bind(i32::from(shard))
            .fetch_one(connection)
            .await
    }

    /// The oldest rows of a shard, in order.
    pub(crate) async fn oldest(&self, connection: &mut PgConnection, shard: i16) -> sqlx::Result<Vec<Row>> {
        let oldest = sqlx::query_as(AssertSqlSafe(self.oldest.as_str()));
        let rows: Vec<(i64, String)> = oldest.bind(shard).bind(AT_ONCE).fetch_all(connection).await?;
        let read = |(position, text): (i64, String)| {
            let outgoing = serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok(Row { position, outgoing })
        };
        rows.into_iter().map(read).collect()
    }

    /// Deletes what has left.
    pub(crate) async fn delete(&self, connection: &mut PgConnection, positions: &[i64]) -> sqlx::Result<()> {
        sqlx::query(AssertSqlSafe(self.delete.as_str())).bind(positions).execute(connection).await?;
        Ok(())
    }

    /// Sets a row aside that nobody will ever take: it stays, with the reason, and the others of its key go on.
    pub(crate) async fn refuse(&self, connection: &mut PgConnection, position: i64, reason: &str) -> sqlx::Result<()> {
        let refuse = sqlx::query(AssertSqlSafe(self.refuse.as_str()));
        refuse.bind(position).bind(reason).execute(connection).await?;
        Ok(())
    }

    /// How much is in it.
    pub(crate) async fn depth(&self, pool: &PgPool) -> sqlx::Result<Depth> {
        sqlx::query_as(AssertSqlSafe(self.depth.as_str())).fetch_one(pool).await
    }
}
