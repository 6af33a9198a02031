//! What is known of tasks, in PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};

use handler_contract::Id;
use handler_runtime::{Schema, Store};
use sqlx::PgConnection;

use crate::domain::{Known, Notification};

/// What is known of tasks.
pub(crate) struct TaskStore;

impl Store<Notification> for TaskStore {
    const SCHEMA: Schema = Schema::named("notification");
    const TABLES: &'static str = "
CREATE TABLE IF NOT EXISTS notification.tasks (
  task_id text PRIMARY KEY,
  version bigint NOT NULL,
  closed boolean NOT NULL
);
";

    async fn load(connection: &mut PgConnection, tasks: &BTreeSet<Id>) -> sqlx::Result<BTreeMap<Id, Known>> {
        let tasks: Vec<&str> = tasks.iter().map(Id::as_str).collect();
        let rows: Vec<(String, i64, bool)> = sqlx::query_as(
            "SELECT task_id, version, closed FROM notification.tasks WHERE task_id = ANY ($1) ORDER BY task_id FOR UPDATE",
        )
        .bind(tasks)
        .fetch_all(connection)
        .await?;
        Ok(rows.into_iter().map(|(task, version, closed)| (Id::from(task), Known { version, closed })).collect())
    }

    /// A version never goes down, and a task of which only a reminder is known is not stored.
    async fn save(connection: &mut PgConnection, changed: &BTreeMap<Id, Known>, _: &[()]) -> sqlx::Result<()> {
        let known = changed.iter().filter(|(_, known)| known.version > 0);
        let (mut tasks, mut versions, mut closed) = (Vec::new(), Vec::new(), Vec::new());
        for (task, one) in known {
            tasks.push(task.as_str());
            versions.push(one.version);
            closed.push(one.closed);
        }
        sqlx::query(
            "INSERT INTO notification.tasks AS known (task_id, version, closed)
             SELECT task_id, version, closed FROM unnest($1::text[], $2::bigint[], $3::boolean[]) AS t (task_id, version, closed)
             ON CONFLICT (task_id) DO UPDATE SET version = excluded.version, closed = excluded.closed
             WHERE known.version < excluded.version",
        )
        .bind(tasks)
        .bind(versions)
        .bind(closed)
        .execute(connection)
        .await?;
        Ok(())
    }
}
