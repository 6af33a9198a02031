//! Tasks in PostgreSQL.

pub(crate) mod list;
pub(crate) mod row;

use std::collections::{BTreeMap, BTreeSet};

use handler_contract::Id;
use handler_runtime::{Schema, Store};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use self::row::{COLUMNS, Row};
use crate::domain::{Address, Task, Tasks};

/// Tasks, and where their users' reminders go.
pub(crate) struct TaskStore;

impl Store<Tasks> for TaskStore {
    const SCHEMA: Schema = Schema::named("api");
    const TABLES: &'static str = "
CREATE TABLE IF NOT EXISTS api.tasks (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  title text NOT NULL,
  description text,
  priority text,
  tags text[] NOT NULL,
  due_date timestamptz,
  reminder_offset bigint,
  reminder_time timestamptz,
  recurrence text,
  series_id text,
  completed boolean NOT NULL,
  deleted boolean NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS tasks_created ON api.tasks (user_id, created_at, id) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS tasks_due ON api.tasks (user_id, coalesce(due_date, 'infinity'), id) WHERE NOT deleted;
CREATE TABLE IF NOT EXISTS api.addresses (user_id text PRIMARY KEY, email text NOT NULL);
";

    async fn load(connection: &mut PgConnection, ids: &BTreeSet<Id>) -> sqlx::Result<BTreeMap<Id, Option<Task>>> {
        let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
        let text = format!("SELECT {COLUMNS} WHERE tasks.id = ANY ($1) ORDER BY tasks.id FOR UPDATE OF tasks");
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(text)).bind(ids).fetch_all(connection).await?;
        rows.into_iter().map(|row| row.task().map(|task| (task.id.clone(), Some(task)))).collect()
    }

    async fn save(
        connection: &mut PgConnection,
        changed: &BTreeMap<Id, Option<Task>>,
        addresses: &[Address],
    ) -> sqlx::Result<()> {
        for task in changed.values().flatten() {
            save_task(connection, task).await?;
        }
        for address in addresses {
            sqlx::query(
                "INSERT INTO api.addresses (user_id, email) VALUES ($1, $2)
                 ON CONFLICT (user_id) DO UPDATE SET email = excluded.email WHERE addresses.email <> excluded.email",
            )
            .bind(address.user_id.as_str())
            .bind(&address.email)
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }
}

/// Tasks are written by people, one at a time as a rule.
async fn save_task(connection: &mut PgConnection, task: &Task) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO api.tasks (id, user_id, title, description, priority, tags, due_date, reminder_offset, reminder_time,
                                recurrence, series_id, completed, deleted, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15, now()), coalesce($16, now()))
         ON CONFLICT (id) DO UPDATE SET
           title = excluded.title, description = excluded.description, priority = excluded.priority, tags = excluded.tags,
           due_date = excluded.due_date, reminder_offset = excluded.reminder_offset,
           reminder_time = excluded.reminder_time, recurrence = excluded.recurrence, series_id = excluded.series_id,
           completed = excluded.completed, deleted = excluded.deleted, version = excluded.version,
           updated_at = excluded.updated_at",
    )
    .bind(task.id.as_str())
    .bind(task.user_id.as_str())
    .bind(&task.fields.title)
    .bind(&task.fields.description)
    .bind(task.fields.priority.map(row::word))
    .bind(&task.fields.tags)
    .bind(task.fields.due_date)
    .bind(task.fields.reminder_offset)
    .bind(task.fields.reminder_time)
    .bind(row::written(task.fields.recurrence.as_ref())?)
    .bind(task.series_id.as_ref().map(Id::as_str))
    .bind(task.completed)
    .bind(task.deleted)
    .bind(task.version)
    .bind(task.created_at)
    .bind(task.updated_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// A user's task.
pub(crate) async fn find(pool: &PgPool, user: &Id, id: &Id) -> sqlx::Result<Option<Task>> {
    let text = format!("SELECT {COLUMNS} WHERE tasks.id = $1 AND tasks.user_id = $2 AND NOT deleted");
    let found = sqlx::query_as(AssertSqlSafe(text)).bind(id.as_str()).bind(user.as_str());
    let row: Option<Row> = found.fetch_optional(pool).await?;
    row.map(Row::task).transpose()
}
