//! What completed tasks have asked for, in PostgreSQL.

use std::collections::{BTreeMap, BTreeSet};

use handler_contract::Id;
use handler_runtime::{Schema, Store};
use sqlx::PgConnection;
use time::Date;

use crate::domain::{Asked, Recurring, Request};

/// What completed tasks have asked for.
pub(crate) struct RequestStore;

impl Store<Recurring> for RequestStore {
    const SCHEMA: Schema = Schema::named("recurring");
    const TABLES: &'static str = "
CREATE TABLE IF NOT EXISTS recurring.requests (
  task_id text PRIMARY KEY,
  series_id text NOT NULL,
  occurrence date NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now()
);
";

    async fn load(connection: &mut PgConnection, tasks: &BTreeSet<Id>) -> sqlx::Result<BTreeMap<Id, Asked>> {
        let tasks: Vec<&str> = tasks.iter().map(Id::as_str).collect();
        let rows: Vec<(String, String, Date)> = sqlx::query_as(
            "SELECT task_id, series_id, occurrence FROM recurring.requests
             WHERE task_id = ANY ($1) ORDER BY task_id FOR UPDATE",
        )
        .bind(tasks)
        .fetch_all(connection)
        .await?;
        let asked = |(task, series_id, occurrence)| (Id::from(task), Asked(Some(Request { series_id, occurrence })));
        Ok(rows.into_iter().map(asked).collect())
    }

    async fn save(connection: &mut PgConnection, changed: &BTreeMap<Id, Asked>, _: &[()]) -> sqlx::Result<()> {
        let (mut tasks, mut series, mut occurrences) = (Vec::new(), Vec::new(), Vec::new());
        for (task, Asked(request)) in changed {
            let Some(request) = request else { continue };
            tasks.push(task.as_str());
            series.push(request.series_id.as_str());
            occurrences.push(request.occurrence);
        }
        sqlx::query(
            "INSERT INTO recurring.requests (task_id, series_id, occurrence)
             SELECT task_id, series_id, occurrence FROM unnest($1::text[], $2::text[], $3::date[])
               AS r (task_id, series_id, occurrence)
             ON CONFLICT (task_id) DO NOTHING",
        )
        .bind(tasks)
        .bind(series)
        .bind(occurrences)
        .execute(connection)
        .await?;
        Ok(())
    }
}
