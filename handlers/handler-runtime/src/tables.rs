//! The runtime's own tables, in the schema of the service.

use sqlx::{AssertSqlSafe, PgConnection};

/// What the runtime keeps. Every statement can be repeated, so that an interrupted start is begun again.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS {schema}.portolan_inbox (
  handler text NOT NULL,
  source text NOT NULL,
  id text NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (handler, source, id)
);
ALTER TABLE {schema}.portolan_inbox ADD COLUMN IF NOT EXISTS given_up boolean NOT NULL DEFAULT false;
ALTER TABLE {schema}.portolan_inbox ADD COLUMN IF NOT EXISTS replay text;
CREATE INDEX IF NOT EXISTS portolan_inbox_handled_at ON {schema}.portolan_inbox USING brin (handled_at);
CREATE TABLE IF NOT EXISTS {schema}.portolan_attempts (
  handler text NOT NULL,
  source text NOT NULL,
  id text NOT NULL,
  attempts integer NOT NULL,
  reason text,
  PRIMARY KEY (handler, source, id)
);
CREATE TABLE IF NOT EXISTS {schema}.portolan_announcements (
  handler text NOT NULL,
  process uuid NOT NULL,
  part uuid NOT NULL,
  sources text[] NOT NULL,
  ids text[] NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (handler, process, part)
);
CREATE TABLE IF NOT EXISTS {schema}.portolan_positions (
  handler text NOT NULL,
  topic text NOT NULL,
  part integer NOT NULL,
  next_offset bigint NOT NULL,
  mark uuid NOT NULL,
  PRIMARY KEY (handler, topic, part)
);
CREATE TABLE IF NOT EXISTS {schema}.portolan_requests (
  asker text NOT NULL,
  id text NOT NULL,
  digest bytea NOT NULL,
  answer text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (asker, id)
);
CREATE INDEX IF NOT EXISTS portolan_requests_asked_at ON {schema}.portolan_requests USING brin (asked_at);
CREATE TABLE IF NOT EXISTS {schema}.portolan_outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard smallint NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now(),
  outgoing text NOT NULL,
  failed text
);
CREATE INDEX IF NOT EXISTS portolan_outbox_waiting ON {schema}.portolan_outbox (shard, position) WHERE failed IS NULL;
";

/// The name of a PostgreSQL schema that needs no quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema(&'static str);

impl Schema {
    /// A name of lower-case letters, digits and underscores, as it stands in the service's statements.
    ///
    /// # Panics
    /// When it is another: the name is written into statements, and it is part of the code.
    pub const fn named(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        let mut at = 0;
        assert!(!bytes.is_empty() && !bytes[0].is_ascii_digit(), "a schema's name begins with a letter");
        while at < bytes.len() {
            let plain = bytes[at].is_ascii_lowercase() || bytes[at].is_ascii_digit() || bytes[at] == b'_';
            assert!(plain, "a schema's name has lower-case letters, digits and underscores");
            at += 1;
        }
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// A statement with this schema in it.
    pub(crate) fn statement(self, text: &str) -> String {
        text.replace("{schema}", self.0)
    }
}

/// Makes the schema and the runtime's tables where they are missing. One process at a time; the others wait.
pub(crate) async fn make_tables(connection: &mut PgConnection, schema: Schema) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('portolan'), hashtext($1))")
        .bind(schema.name())
        .execute(&mut *connection)
        .await?;
    let text = schema.statement(&format!("CREATE SCHEMA IF NOT EXISTS {{schema}};{TABLES}"));
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await?;
    Ok(())
}
