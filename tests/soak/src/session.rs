//! A session at the database that holds something: who needs it too stands still where a test wants it to.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::Runtime;

/// A session.
pub struct Session {
    runtime: Runtime,
    connection: PgConnection,
}

impl Session {
    pub(crate) fn open(url: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(PgConnection::connect(url))?;
        Ok(Self { runtime, connection })
    }

    /// Begins a transaction and runs this in it. What it locks is held until [`Session::release`].
    pub fn hold(&mut self, statement: &str) -> Result<()> {
        let statements = AssertSqlSafe(format!("BEGIN; {statement}"));
        self.runtime.block_on(sqlx::raw_sql(statements).execute(&mut self.connection))?;
        Ok(())
    }

    /// Lets go.
    pub fn release(&mut self) -> Result<()> {
        self.runtime.block_on(sqlx::raw_sql("COMMIT").execute(&mut self.connection))?;
        Ok(())
    }
}
