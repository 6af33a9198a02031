//! Requests that may be repeated, and what was answered.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::tables::Schema;

/// The requests of one service.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    claim: String,
    find: String,
    answer: String,
    forget: String,
}

/// What is known of a request.
#[derive(Debug)]
pub(crate) enum Known {
    /// It is new.
    Nothing,
    /// It was asked before: its digest, and what was answered.
    Answered(Vec<u8>, String),
}

/// Who has the same name in hand is waited for.
const CLAIM: &str = "
INSERT INTO {schema}.portolan_requests (asker, id, digest, answer) VALUES ($1, $2, $3, '') ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT digest, answer FROM {schema}.portolan_requests WHERE asker = $1 AND id = $2";
const ANSWER: &str = "UPDATE {schema}.portolan_requests SET answer = $3 WHERE asker = $1 AND id = $2";
/// A bounded part.
const FORGET: &str = "
DELETE FROM {schema}.portolan_requests WHERE ctid IN (
  SELECT ctid FROM {schema}.portolan_requests WHERE asked_at < now() - make_interval(secs => $1) LIMIT 10000
)";

impl Requests {
    pub(crate) fn new(schema: Schema) -> Self {
        let [claim, find, answer, forget] = [CLAIM, FIND, ANSWER, FORGET].map(|text| schema.statement(text));
        Self { claim, find, answer, forget }
    }

    /// Takes a name for a request, unless it was taken before.
    pub(crate) async fn claim(
        &self,
        connection: &mut PgConnection,
        (asker, id): (&str, &str),
        digest: &[u8],
    ) -> sqlx::Result<Known> {
        loop {
            let claim = sqlx::query(AssertSqlSafe(self.claim.as_str())).bind(asker).bind(id).bind(digest);
            if claim.execute(&mut *connection).await?.rows_affected() > 0 {
                return Ok(Known::Nothing);
            }
            let find = sqlx::query_as(AssertSqlSafe(self.find.as_str())).bind(asker).bind(id);
            // Nothing is there where it was forgotten just now.
            if let Some((digest, answer)) = find.fetch_optional(&mut *connection).await? {
                return Ok(Known::Answered(digest, answer));
            }
        }
    }

    /// Stores what is answered.
    pub(crate) async fn answer(
        &self,
        connection: &mut PgConnection,
        (asker, id): (&str, &str),
        answer: &str,
    ) -> sqlx::Result<()> {
        sqlx::query(AssertSqlSafe(self.answer.as_str())).bind(asker).bind(id).bind(answer).execute(connection).await?;
        Ok(())
    }

    /// Forgets what is older than this.
    pub(crate) async fn forget(&self, pool: &PgPool, memory: Duration) -> sqlx::Result<u64> {
        let forget = sqlx::query(AssertSqlSafe(self.forget.as_str()));
        Ok(forget.bind(memory.as_secs_f64()).execute(pool).await?.rows_affected())
    }
}
