//! A database of its own for each run, and what was stored in it.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::{Builder, Runtime};

use crate::ground::Ground;

/// How often it is asked how far a program has come; the answer is one row of a sequence.
const ASK: Duration = Duration::from_millis(50);

/// A database. It is gone with this value.
pub(crate) struct Database {
    pub(crate) url: String,
    name: String,
    postgres: String,
    runtime: Runtime,
    connection: PgConnection,
}

/// What was stored behind the first commit, and the seconds from it to the last one. The server tells when each commit was.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct Stored {
    pub(crate) all: i64,
    after_first: i64,
    seconds: f64,
}

#[expect(clippy::cast_precision_loss, reason = "a table needs no more than four digits")]
impl Stored {
    pub(crate) fn count(self) -> f64 {
        self.all as f64
    }

    pub(crate) fn a_second(self) -> f64 {
        self.after_first as f64 / self.seconds
    }
}

const STORED: &str = "
WITH entries AS (SELECT pg_xact_commit_timestamp(xmin) AS at FROM audit.entries),
     ends AS (SELECT min(at) AS first, max(at) AS last FROM entries)
SELECT count(*) AS all, count(*) FILTER (WHERE at > first) AS after_first,
       coalesce(extract(epoch FROM max(last) - max(first)), 0)::float8 AS seconds
FROM entries, ends";

impl Database {
    pub(crate) fn create(ground: &Ground, service: &str) -> Result<Self> {
        let name = ground.name("bench");
        let url = ground.postgres.create_database(&name)?;
        let mut migrate = Command::new(ground.service(service)?);
        let made = migrate.arg("migrate").env("DATABASE_URL", &url).output()?;
        ensure!(made.status.success(), "{service} migrate: {}", String::from_utf8_lossy(&made.stdout));
        // What the last run has written is not written back in this one.
        ground.postgres.psql("postgres", "CHECKPOINT")?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(PgConnection::connect(&url))?;
        Ok(Self { url, name, postgres: ground.postgres.url("postgres"), runtime, connection })
    }

    /// One number.
    pub(crate) fn number(&mut self, statement: &str) -> Result<i64> {
        let query = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut self.connection);
        Ok(self.runtime.block_on(query)?)
    }

    /// Waits until so many entries are stored, or the time is over; what was stored then.
    pub(crate) fn wait_for(&mut self, entries: usize, limit: Duration) -> Result<Stored> {
        let (until, entries) = (Instant::now() + limit, i64::try_from(entries)?);
        while Instant::now() < until {
            std::thread::sleep(ASK);
            if self.number("SELECT last_value FROM audit.entries_number_seq")? >= entries
                && self.number("SELECT count(*) FROM audit.entries")? >= entries
            {
                break;
            }
        }
        self.stored()
    }

    /// The same, where less than all is a failure, and more is as well.
    pub(crate) fn wait_for_all(&mut self, entries: usize, limit: Duration) -> Result<Stored> {
        let stored = self.wait_for(entries, limit)?;
        ensure!(stored.all == i64::try_from(entries)?, "{} of {entries} entries are stored", stored.all);
        Ok(stored)
    }

    fn stored(&mut self) -> Result<Stored> {
        Ok(self.runtime.block_on(sqlx::query_as(STORED).fetch_one(&mut self.connection))?)
    }

    /// When the first entry was committed, in microseconds since 1970.
    pub(crate) fn first_commit(&mut self, limit: Duration) -> Result<i64> {
        let until = Instant::now() + limit;
        while self.number("SELECT count(*) FROM audit.entries")? == 0 {
            if Instant::now() > until {
                bail!("nothing was stored in {limit:?}");
            }
            std::thread::sleep(ASK);
        }
        let first = "SELECT (extract(epoch FROM min(pg_xact_commit_timestamp(xmin))) * 1e6)::bigint FROM audit.entries";
        self.number(first)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name);
        // One that stays is thrown away with the server.
        let _ = self.runtime.block_on(async {
            let mut connection = PgConnection::connect(&self.postgres).await?;
            sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await
        });
    }
}
