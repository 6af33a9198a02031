//! An entry of the audit log, read from an event and stored by hand.

use anyhow::Result;
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// An event in the JSON format, as far as an entry needs it.
#[derive(Debug, Deserialize)]
struct Event<'a> {
    source: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, with = "time::serde::rfc3339::option")]
    time: Option<OffsetDateTime>,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Payload {
    task_id: Option<String>,
    user_id: Option<String>,
    version: Option<i64>,
    task: Option<Task>,
}

#[derive(Deserialize)]
struct Task {
    version: Option<i64>,
}

/// Entries by columns, as one statement takes them.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    sources: Vec<String>,
    ids: Vec<String>,
    topics: Vec<String>,
    kinds: Vec<String>,
    tasks: Vec<Option<String>>,
    users: Vec<Option<String>>,
    versions: Vec<Option<i64>>,
    times: Vec<Option<OffsetDateTime>>,
    payloads: Vec<String>,
}

impl Entries {
    /// Reads one more.
    pub(crate) fn read(&mut self, bytes: &[u8], topic: &str) -> Result<()> {
        let event: Event<'_> = serde_json::from_slice(bytes)?;
        let payload: Payload = serde_json::from_str(event.data.get())?;
        self.sources.push(event.source);
        self.ids.push(event.id);
        self.topics.push(topic.to_owned());
        self.kinds.push(event.kind);
        self.tasks.push(payload.task_id);
        self.users.push(payload.user_id);
        self.versions.push(payload.version.or(payload.task.and_then(|task| task.version)));
        self.times.push(event.time);
        self.payloads.push(event.data.get().to_owned());
        Ok(())
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Marks the only one as handled; false where it was before.
    pub(crate) async fn claim(&self, connection: &mut PgConnection) -> Result<bool> {
        let claim = sqlx::query(
            "INSERT INTO audit.portolan_inbox (handler, source, id) VALUES ('audit-service', $1, $2) ON CONFLICT DO NOTHING",
        );
        let claimed = claim.bind(&self.sources[0]).bind(&self.ids[0]).execute(connection).await?;
        Ok(claimed.rows_affected() > 0)
    }

    /// Stores the only one.
    pub(crate) async fn store_one(&self, connection: &mut PgConnection) -> Result<()> {
        let store = sqlx::query(
            "INSERT INTO audit.entries (source, event_id, topic, kind, task_id, user_id, version, occurred_at, data)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::json)",
        );
        store
            .bind(&self.sources[0])
            .bind(&self.ids[0])
            .bind(&self.topics[0])
            .bind(&self.kinds[0])
            .bind(&self.tasks[0])
            .bind(&self.users[0])
            .bind(self.versions[0])
            .bind(self.times[0])
            .bind(&self.payloads[0])
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Stores all of them, by the statement of audit-service.
    pub(crate) async fn store(&self, connection: &mut PgConnection) -> Result<()> {
        let store = sqlx::query(
            "INSERT INTO audit.entries (source, event_id, topic, kind, task_id, user_id, version, occurred_at, data)
             SELECT source, event_id, topic, kind, task_id, user_id, version, occurred_at, data::json
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                         $8::timestamptz[], $9::text[])
               AS entry (source, event_id, topic, kind, task_id, user_id, version, occurred_at, data)",
        );
        store
            .bind(&self.sources)
            .bind(&self.ids)
            .bind(&self.topics)
            .bind(&self.kinds)
            .bind(&self.tasks)
            .bind(&self.users)
            .bind(&self.versions)
            .bind(&self.times)
            .bind(&self.payloads)
            .execute(connection)
            .await?;
        Ok(())
    }
}
