//! Aggregates that are not stored yet have no row to lock, so their keys are locked.

use std::collections::BTreeSet;
use std::fmt::Display;

use sqlx::{AssertSqlSafe, PgConnection};

use crate::tables::Schema;

/// The keys of one service.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    lock: String,
}

/// Keys share 256 locks, so that no batch fills the server's lock table; those that share one wait for each other. Sorted, so
/// that two transactions do not wait for each other. One may still hold a row that the other wants after its lock; the server
/// ends one of them, and it begins again.
const LOCK: &str = "
SELECT pg_advisory_xact_lock(hashtext('portolan-keys-{schema}'), stripe)
FROM (SELECT DISTINCT hashtext(key) & 255 AS stripe FROM unnest($1::text[]) AS k (key) ORDER BY stripe) AS stripes";

impl Keys {
    pub(crate) fn new(schema: Schema) -> Self {
        Self { lock: schema.statement(LOCK) }
    }

    /// Locks keys until the transaction ends.
    pub(crate) async fn lock<K: Display>(&self, connection: &mut PgConnection, keys: &BTreeSet<K>) -> sqlx::Result<()> {
        let texts: Vec<String> = keys.iter().map(K::to_string).collect();
        sqlx::query(AssertSqlSafe(self.lock.as_str())).bind(texts).execute(connection).await?;
        Ok(())
    }
}
