//! Which mails were begun, and which the server has.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::tables::Schema;

/// `begun` counts the times a mail was sent without the server's "no": past one, the recipient may have it more than once.
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS {schema}.portolan_mails (
  id text PRIMARY KEY,
  begun integer NOT NULL DEFAULT 1,
  sent boolean NOT NULL DEFAULT false,
  begun_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS portolan_mails_begun_at ON {schema}.portolan_mails USING brin (begun_at);";
const CLAIM: &str = "
INSERT INTO {schema}.portolan_mails AS m (id) VALUES ($1)
ON CONFLICT (id) DO UPDATE SET begun = m.begun + CASE WHEN m.sent THEN 0 ELSE 1 END, begun_at = now()
RETURNING begun, sent";
const SENT: &str = "UPDATE {schema}.portolan_mails SET sent = true WHERE id = $1";
const RELEASE: &str = "UPDATE {schema}.portolan_mails SET begun = begun - 1 WHERE id = $1 AND NOT sent";
/// Ids follow from their cause, and the inbox forgets causes after the same time.
const FORGET: &str = "DELETE FROM {schema}.portolan_mails WHERE begun_at < now() - interval '14 days'";

/// The mails of one service.
#[derive(Clone, Debug)]
pub(crate) struct Mails {
    claim: String,
    sent: String,
    release: String,
}

/// What is known of a mail before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// No server has it.
    First,
    /// Somebody sent it and did not hear what became of it.
    Again,
    /// A server has it: only the outbox does not know yet.
    Sent,
}

impl Mails {
    pub(crate) fn new(schema: Schema) -> Self {
        let [claim, sent, release] = [CLAIM, SENT, RELEASE].map(|text| schema.statement(text));
        Self { claim, sent, release }
    }

    /// Makes the table where it is missing, and forgets what nobody sends again.
    pub(crate) async fn make_table(connection: &mut PgConnection, schema: Schema) -> sqlx::Result<()> {
        let text = schema.statement(&format!("{TABLE}\n{FORGET};"));
        sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await?;
        Ok(())
    }

    /// Durable before the mail is sent.
    pub(crate) async fn claim(&self, pool: &PgPool, id: &str) -> sqlx::Result<Claim> {
        let claim = sqlx::query_as(AssertSqlSafe(self.claim.as_str()));
        let (begun, sent): (i32, bool) = claim.bind(id).fetch_one(pool).await?;
        Ok(if sent {
            Claim::Sent
        } else if begun > 1 {
            Claim::Again
        } else {
            Claim::First
        })
    }

    /// The server has it.
    pub(crate) async fn mark_sent(&self, pool: &PgPool, id: &str) -> sqlx::Result<()> {
        sqlx::query(AssertSqlSafe(self.sent.as_str())).bind(id).execute(pool).await?;
        Ok(())
    }

    /// The server does not have it.
    pub(crate) async fn release(&self, pool: &PgPool, id: &str) -> sqlx::Result<()> {
        sqlx::query(AssertSqlSafe(self.release.as_str())).bind(id).execute(pool).await?;
        Ok(())
    }
}
