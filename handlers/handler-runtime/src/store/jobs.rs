//! The jobs of a service that keeps them itself, because nothing that carries its events does.

use std::collections::BTreeMap;
use std::time::Duration;

use handler_contract::{Event, Job};
use handler_protocol::{Outgoing, What};
use serde_json::value::RawValue;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use time::OffsetDateTime;

use crate::tables::Schema;
use crate::trace;

/// `next_try` is when somebody may take the job: when it is due, later when its event has to come again, and a while later
/// when somebody has taken it and not yet said what became of it.
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS {schema}.portolan_jobs (
  name text PRIMARY KEY,
  due timestamptz NOT NULL,
  data text NOT NULL,
  traceparent text,
  next_try timestamptz NOT NULL
);
ALTER TABLE {schema}.portolan_jobs ADD COLUMN IF NOT EXISTS tracestate text;
CREATE INDEX IF NOT EXISTS portolan_jobs_next_try ON {schema}.portolan_jobs (next_try);";

/// Rows are locked in the order of their names, here and in what takes finished jobs away.
const LOCK: &str = "SELECT FROM {schema}.portolan_jobs WHERE name = ANY ($1) ORDER BY name FOR UPDATE";
/// Who has a job in hand keeps it for its time when it is scheduled again for when it was due.
const SCHEDULE: &str = "
INSERT INTO {schema}.portolan_jobs AS j (name, due, data, traceparent, tracestate, next_try)
SELECT name, due, data, traceparent, tracestate, due
FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
  AS s (name, due, data, traceparent, tracestate) ORDER BY name
ON CONFLICT (name) DO UPDATE SET due = excluded.due, data = excluded.data,
  traceparent = excluded.traceparent, tracestate = excluded.tracestate,
  next_try = CASE WHEN j.due = excluded.due THEN j.next_try ELSE excluded.next_try END";
const CANCEL: &str = "DELETE FROM {schema}.portolan_jobs WHERE name = ANY ($1)";

const TAKE: &str = "
WITH due AS (
  SELECT name FROM {schema}.portolan_jobs WHERE next_try <= now() ORDER BY next_try LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE {schema}.portolan_jobs j SET next_try = now() + make_interval(secs => $2)
FROM due WHERE j.name = due.name RETURNING j.name, j.due, j.data, j.traceparent, j.tracestate";

/// A job that was moved meanwhile is due at another time, and stays.
const FINISH: &str = "
WITH finished AS (
  SELECT name FROM {schema}.portolan_jobs JOIN unnest($1::text[], $2::timestamptz[]) AS f (name, due) USING (name, due)
  ORDER BY name FOR UPDATE OF portolan_jobs
)
DELETE FROM {schema}.portolan_jobs j USING finished WHERE j.name = finished.name";
const AGAIN: &str = "
WITH again AS (
  SELECT name, wait FROM {schema}.portolan_jobs
  JOIN unnest($1::text[], $2::timestamptz[], $3::float8[]) AS a (name, due, wait) USING (name, due)
  ORDER BY name FOR UPDATE OF portolan_jobs
)
UPDATE {schema}.portolan_jobs j SET next_try = now() + make_interval(secs => again.wait)
FROM again WHERE j.name = again.name";

const AGENDA: &str = "
SELECT count(*) AS waiting, count(*) FILTER (WHERE due <= now()) AS late,
       coalesce(greatest(extract(epoch FROM now() - min(due)), 0), 0)::float8 AS latest
FROM {schema}.portolan_jobs";

/// The jobs of one service.
#[derive(Clone, Debug)]
pub(crate) struct Jobs {
    service: String,
    lock: String,
    schedule: String,
    cancel: String,
    take: String,
    finish: String,
    again: String,
    agenda: String,
}

/// A job as it is stored: name, time, data, trace context.
type Stored = (String, OffsetDateTime, String, Option<String>, Option<String>);

/// A job that is due, as it was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// Its name.
    pub(crate) name: String,
    /// When it was due.
    pub(crate) due: OffsetDateTime,
    /// What its handler receives.
    pub(crate) event: Event,
}

/// What is scheduled.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct Agenda {
    /// All jobs.
    pub(crate) waiting: i64,
    /// Those that are due.
    pub(crate) late: i64,
    /// How many seconds ago the first of them was due.
    pub(crate) latest: f64,
}

impl Jobs {
    pub(crate) fn new(schema: Schema, service: &str) -> Self {
        let [lock, schedule, cancel, take, finish, again, agenda] =
            [LOCK, SCHEDULE, CANCEL, TAKE, FINISH, AGAIN, AGENDA].map(|text| schema.statement(text));
        Self { service: service.to_owned(), lock, schedule, cancel, take, finish, again, agenda }
    }

    /// Makes the table where it is missing.
    pub(crate) async fn make_table(connection: &mut PgConnection, schema: Schema) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(schema.statement(TABLE))).execute(connection).await?;
        Ok(())
    }

    /// Does what rows of the outbox say of jobs, the last one of each name.
    pub(crate) async fn keep(&self, connection: &mut PgConnection, rows: &[&Outgoing]) -> sqlx::Result<()> {
        let mut last: BTreeMap<&str, Option<(&Job, &Outgoing)>> = BTreeMap::new();
        for row in rows {
            match &row.what {
                What::Schedule(job) => last.insert(&job.name, Some((job, *row))),
                What::Cancel { job } => last.insert(job, None),
                _ => None,
            };
        }
        if last.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = last.keys().copied().collect();
        sqlx::query(AssertSqlSafe(self.lock.as_str())).bind(names).execute(&mut *connection).await?;
        let cancelled: Vec<&str> = last.iter().filter(|(_, job)| job.is_none()).map(|(name, _)| *name).collect();
        sqlx::query(AssertSqlSafe(self.cancel.as_str())).bind(cancelled).execute(&mut *connection).await?;
        let scheduled: Vec<(&Job, &Outgoing)> = last.into_values().flatten().collect();
        sqlx::query(AssertSqlSafe(self.schedule.as_str()))
            .bind(scheduled.iter().map(|(job, _)| job.name.as_str()).collect::<Vec<_>>())
            .bind(scheduled.iter().map(|(job, _)| job.due).collect::<Vec<_>>())
            .bind(scheduled.iter().map(|(job, _)| job.data.get()).collect::<Vec<_>>())
            .bind(scheduled.iter().map(|(_, row)| row.traceparent.as_deref()).collect::<Vec<_>>())
            .bind(scheduled.iter().map(|(_, row)| row.tracestate.as_deref()).collect::<Vec<_>>())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Takes jobs that are due, the first to be due first. Nobody else takes them for `time`.
    pub(crate) async fn take(&self, pool: &PgPool, most: i64, time: Duration) -> sqlx::Result<Vec<Taken>> {
        let take = sqlx::query_as(AssertSqlSafe(self.take.as_str())).bind(most).bind(time.as_secs_f64());
        let mut rows: Vec<Stored> = take.fetch_all(pool).await?;
        rows.sort_by(|one, other| (one.1, &one.0).cmp(&(other.1, &other.0)));
        let taken = |(name, due, data, traceparent, tracestate): Stored| {
            let data = RawValue::from_string(data).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            let mut event = Event::due(&self.service, Job { name: name.clone(), due, data });
            event.extensions.extend(trace::attributes(traceparent, tracestate));
            Ok(Taken { name, due, event })
        };
        rows.into_iter().map(taken).collect()
    }

    /// Takes away what is settled.
    pub(crate) async fn finish(&self, pool: &PgPool, finished: &[&Taken]) -> sqlx::Result<()> {
        let names: Vec<&str> = finished.iter().map(|one| one.name.as_str()).collect();
        let dues: Vec<OffsetDateTime> = finished.iter().map(|one| one.due).collect();
        sqlx::query(AssertSqlSafe(self.finish.as_str())).bind(names).bind(dues).execute(pool).await?;
        Ok(())
    }

    /// Puts back what has to come again, each with its wait.
    pub(crate) async fn again(&self, pool: &PgPool, again: &[(&Taken, Duration)]) -> sqlx::Result<()> {
        let names: Vec<&str> = again.iter().map(|(one, _)| one.name.as_str()).collect();
        let dues: Vec<OffsetDateTime> = again.iter().map(|(one, _)| one.due).collect();
        let waits: Vec<f64> = again.iter().map(|(_, wait)| wait.as_secs_f64()).collect();
        sqlx::query(AssertSqlSafe(self.again.as_str())).bind(names).bind(dues).bind(waits).execute(pool).await?;
        Ok(())
    }

    /// What is scheduled.
    pub(crate) async fn agenda(&self, pool: &PgPool) -> sqlx::Result<Agenda> {
        sqlx::query_as(AssertSqlSafe(self.agenda.as_str())).fetch_one(pool).await
    }
}
