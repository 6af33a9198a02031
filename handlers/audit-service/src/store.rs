//! The audit log in PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};

use handler_contract::Id;
use handler_runtime::{Schema, Store};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;

use crate::domain::{Audit, Entry};

/// The audit log.
pub(crate) struct AuditStore;

impl Store<Audit> for AuditStore {
    const SCHEMA: Schema = Schema::named("audit");
    const TABLES: &'static str = "
CREATE TABLE IF NOT EXISTS audit.entries (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  event_id text NOT NULL,
  topic text NOT NULL,
  kind text NOT NULL,
  task_id text,
  user_id text,
  version bigint,
  occurred_at timestamptz,
  stored_at timestamptz NOT NULL DEFAULT now(),
  data json NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_task ON audit.entries (task_id, version, number);
";

    /// An entry depends on no other: nothing is loaded.
    async fn load(_: &mut PgConnection, _: &BTreeSet<Id>) -> sqlx::Result<BTreeMap<Id, ()>> {
        Ok(BTreeMap::new())
    }

    async fn save(connection: &mut PgConnection, _: &BTreeMap<Id, ()>, entries: &[Entry]) -> sqlx::Result<()> {
        fn column<'a, T>(entries: &'a [Entry], of: impl Fn(&'a Entry) -> T) -> Vec<T> {
            entries.iter().map(of).collect()
        }
        sqlx::query(
            "INSERT INTO audit.entries (source, event_id, topic, kind, task_id, user_id, version, occurred_at, data)
             SELECT source, event_id, topic, kind, task_id, user_id, version, occurred_at, data::json
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                         $8::timestamptz[], $9::text[])
               AS entry (source, event_id, topic, kind, task_id, user_id, version, occurred_at, data)",
        )
        .bind(column(entries, |entry| entry.source.as_str()))
        .bind(column(entries, |entry| entry.event_id.as_str()))
        .bind(column(entries, |entry| entry.topic.as_str()))
        .bind(column(entries, |entry| entry.kind.as_str()))
        .bind(column(entries, |entry| entry.task_id.as_deref()))
        .bind(column(entries, |entry| entry.user_id.as_deref()))
        .bind(column(entries, |entry| entry.version))
        .bind(column(entries, |entry| entry.occurred_at))
        .bind(column(entries, |entry| entry.data.as_str()))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// An entry as it is shown.
#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Shown {
    number: i64,
    source: String,
    event_id: String,
    topic: String,
    #[serde(rename = "type")]
    kind: String,
    task_id: Option<String>,
    user_id: Option<String>,
    version: Option<i64>,
    #[serde(with = "time::serde::rfc3339::option")]
    occurred_at: Option<OffsetDateTime>,
    data: Json<Box<serde_json::value::RawValue>>,
}

/// The entries of a task, by the task's version and then as they came.
pub(crate) async fn entries_of(pool: &PgPool, task_id: &str, after: i64, limit: i64) -> sqlx::Result<Vec<Shown>> {
    sqlx::query_as(
        "SELECT number, source, event_id, topic, kind, task_id, user_id, version, occurred_at, data
         FROM audit.entries WHERE task_id = $1 ORDER BY version NULLS LAST, number OFFSET $2 LIMIT $3",
    )
    .bind(task_id)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}
