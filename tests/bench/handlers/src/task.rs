//! A task, and the statements of api-service that store and list tasks.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a request says of a task.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    title: String,
    description: Option<String>,
    priority: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    due_date: Option<OffsetDateTime>,
}

/// A task.
#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Task {
    /// Its id.
    pub id: String,
    #[serde(skip)]
    user_id: String,
    title: String,
    description: Option<String>,
    priority: Option<String>,
    tags: Vec<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    due_date: Option<OffsetDateTime>,
    reminder_offset: Option<i64>,
    #[serde(with = "time::serde::rfc3339::option")]
    reminder_time: Option<OffsetDateTime>,
    recurrence: Option<String>,
    series_id: Option<String>,
    completed: bool,
    version: i64,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

#[derive(Serialize)]
struct Changed<'a> {
    event_id: String,
    event_type: &'a str,
    task_id: &'a str,
    user_id: &'a str,
    task: &'a Task,
}

/// The row of an outbox.
#[derive(Serialize)]
struct Outgoing<'a> {
    id: String,
    key: &'a str,
    what: Changed<'a>,
}

impl Task {
    /// A new one.
    pub(crate) fn new(fields: Fields, user_id: String) -> Self {
        let now = OffsetDateTime::now_utc();
        Self {
            id: Uuid::new_v4().to_string(),
            user_id,
            title: fields.title,
            description: fields.description,
            priority: fields.priority,
            tags: fields.tags,
            due_date: fields.due_date,
            reminder_offset: None,
            reminder_time: None,
            recurrence: None,
            series_id: None,
            completed: false,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Stores the task, its user's address, and a row of the outbox for each of two topics.
    pub(crate) async fn store(&self, connection: &mut PgConnection, email: &str) -> Result<()> {
        self.insert(connection).await?;
        sqlx::query(
            "INSERT INTO api.addresses (user_id, email) VALUES ($1, $2)
             ON CONFLICT (user_id) DO UPDATE SET email = excluded.email WHERE addresses.email <> excluded.email",
        )
        .bind(&self.user_id)
        .bind(email)
        .execute(&mut *connection)
        .await?;
        let outgoing = [self.outgoing()?, self.outgoing()?];
        sqlx::query(
            "INSERT INTO api.portolan_outbox (shard, outgoing)
             SELECT hashtext(key) & 7, outgoing
             FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS b (key, outgoing, n) ORDER BY n",
        )
        .bind([&self.id, &self.id])
        .bind(outgoing)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "INSERT INTO api.tasks (id, user_id, title, description, priority, tags, due_date, reminder_offset, reminder_time,
                                    recurrence, series_id, completed, deleted, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, $13, $14, $15)",
        )
        .bind(&self.id)
        .bind(&self.user_id)
        .bind(&self.title)
        .bind(&self.description)
        .bind(&self.priority)
        .bind(&self.tags)
        .bind(self.due_date)
        .bind(self.reminder_offset)
        .bind(self.reminder_time)
        .bind(&self.recurrence)
        .bind(&self.series_id)
        .bind(self.completed)
        .bind(self.version)
        .bind(self.created_at)
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }

    fn outgoing(&self) -> serde_json::Result<String> {
        let id = Uuid::new_v4().to_string();
        let what = Changed {
            event_id: id.clone(),
            event_type: "task.created",
            task_id: &self.id,
            user_id: &self.user_id,
            task: self,
        };
        serde_json::to_string(&Outgoing { id, key: &self.id, what })
    }
}

/// A user's first tasks.
pub(crate) async fn list(pool: &PgPool, user: &str, limit: i64) -> Result<Vec<Task>> {
    let list = sqlx::query_as(
        "SELECT (created_at)::text AS place,
                tasks.id, tasks.user_id, addresses.email, title, description, priority, tags, due_date, reminder_offset,
                reminder_time, recurrence, series_id, completed, deleted, version, created_at, updated_at
         FROM api.tasks LEFT JOIN api.addresses ON addresses.user_id = tasks.user_id
         WHERE tasks.user_id = $1 AND NOT deleted
           AND ($2::boolean IS NULL OR completed = $2)
           AND ($3::text IS NULL OR priority = $3)
           AND ($4::text IS NULL OR tags @> ARRAY[$4])
           AND ($5::timestamptz IS NULL OR due_date >= $5)
           AND ($6::timestamptz IS NULL OR due_date < $6)
           AND ($7::text IS NULL OR position(lower($7) IN lower(title)) > 0)
           AND ($8::text IS NULL OR (created_at, tasks.id) > ($8::timestamptz, $9))
         ORDER BY created_at ASC, tasks.id ASC LIMIT $10",
    );
    let list = list.bind(user).bind(None::<bool>).bind(None::<&str>).bind(None::<&str>).bind(None::<OffsetDateTime>);
    let list = list.bind(None::<OffsetDateTime>).bind(None::<&str>).bind(None::<&str>).bind(None::<&str>);
    Ok(list.bind(limit).fetch_all(pool).await?)
}
