//! How far each partition was handled, as the database knows it: stored with the effects, so that a database which went back
//! in time says so.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::position::Position;
use crate::tables::Schema;

/// The places of one handler.
#[derive(Clone, Debug)]
pub(crate) struct Positions {
    handler: String,
    store: String,
    all: String,
}

const STORE: &str = "
INSERT INTO {schema}.portolan_positions (handler, topic, part, next_offset) VALUES ($1, $2, $3, $4)
ON CONFLICT (handler, topic, part) DO UPDATE SET next_offset = excluded.next_offset";
const ALL: &str = "SELECT topic, part, next_offset FROM {schema}.portolan_positions WHERE handler = $1";

impl Positions {
    pub(crate) fn new(schema: Schema, handler: &str) -> Self {
        let [store, all] = [STORE, ALL].map(|text| schema.statement(text));
        Self { handler: handler.to_owned(), store, all }
    }

    pub(crate) async fn store(&self, connection: &mut PgConnection, position: &Position) -> sqlx::Result<()> {
        let store = sqlx::query(AssertSqlSafe(self.store.as_str()));
        let place = store.bind(&self.handler).bind(&position.topic).bind(position.partition).bind(position.next);
        place.execute(connection).await?;
        Ok(())
    }

    pub(crate) async fn all(&self, pool: &PgPool) -> sqlx::Result<Vec<Position>> {
        let all = sqlx::query_as(AssertSqlSafe(self.all.as_str()));
        let rows: Vec<(String, i32, i64)> = all.bind(&self.handler).fetch_all(pool).await?;
        Ok(rows.into_iter().map(|(topic, partition, next)| Position { topic, partition, next }).collect())
    }
}
