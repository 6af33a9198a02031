//! How far each partition was handled, as the database knows it: stored with the effects, so that a database which went back
//! in time says so.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use crate::position::{Course, Position, Stored};
use crate::tables::Schema;

/// The places of one handler.
#[derive(Clone, Debug)]
pub(crate) struct Positions {
    handler: String,
    begin: String,
    all: String,
    lock: String,
    store: String,
}

const BEGIN: &str = "
INSERT INTO {schema}.portolan_positions (handler, topic, part, next_offset, mark)
SELECT $1, topic, part, next_offset, gen_random_uuid()
FROM unnest($2::text[], $3::integer[], $4::bigint[]) AS p (topic, part, next_offset) ORDER BY topic, part
ON CONFLICT DO NOTHING";
const ALL: &str = "SELECT topic, part, next_offset FROM {schema}.portolan_positions WHERE handler = $1";
const LOCK: &str = "
SELECT next_offset, mark FROM {schema}.portolan_positions WHERE handler = $1 AND topic = $2 AND part = $3 FOR UPDATE";
const STORE: &str = "
UPDATE {schema}.portolan_positions SET next_offset = greatest(next_offset, $4), mark = $5
WHERE handler = $1 AND topic = $2 AND part = $3";

impl Positions {
    pub(crate) fn new(schema: Schema, handler: &str) -> Self {
        let [begin, all, lock, store] = [BEGIN, ALL, LOCK, STORE].map(|text| schema.statement(text));
        Self { handler: handler.to_owned(), begin, all, lock, store }
    }

    /// Stores places where none is stored.
    pub(crate) async fn begin(&self, pool: &PgPool, places: &[Position]) -> sqlx::Result<()> {
        sqlx::query(AssertSqlSafe(self.begin.as_str()))
            .bind(&self.handler)
            .bind(places.iter().map(|place| place.topic.as_str()).collect::<Vec<_>>())
            .bind(places.iter().map(|place| place.partition).collect::<Vec<_>>())
            .bind(places.iter().map(|place| place.next).collect::<Vec<_>>())
            .execute(pool)
            .await?;
        Ok(())
    }

    /// All places.
    pub(crate) async fn all(&self, pool: &PgPool) -> sqlx::Result<Vec<Position>> {
        let all = sqlx::query_as(AssertSqlSafe(self.all.as_str()));
        let rows: Vec<(String, i32, i64)> = all.bind(&self.handler).fetch_all(pool).await?;
        Ok(rows.into_iter().map(|(topic, partition, next)| Position { topic, partition, next }).collect())
    }

    /// The place of a partition, locked until the transaction ends.
    pub(crate) async fn lock(&self, connection: &mut PgConnection, course: &Course) -> sqlx::Result<Option<Stored>> {
        let lock = sqlx::query_as(AssertSqlSafe(self.lock.as_str()));
        let lock = lock.bind(&self.handler).bind(&course.topic).bind(course.partition);
        let row: Option<(i64, Uuid)> = lock.fetch_optional(connection).await?;
        Ok(row.map(|(next, mark)| Stored { next, mark }))
    }

    /// Stores how far a part came, unless the place is further already, and leaves the part's mark.
    pub(crate) async fn store(&self, connection: &mut PgConnection, course: &Course) -> sqlx::Result<()> {
        let store = sqlx::query(AssertSqlSafe(self.store.as_str()));
        let store = store.bind(&self.handler).bind(&course.topic).bind(course.partition);
        store.bind(course.follows).bind(course.mark).execute(connection).await?;
        Ok(())
    }
}
