//! What a service keeps in PostgreSQL, and how the runtime reaches it.

pub(crate) mod announcements;
mod columns;
pub(crate) mod inbox;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod mails;
pub(crate) mod outbox;
pub(crate) mod positions;
pub(crate) mod requests;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use handler_contract::Handler;
use sqlx::PgConnection;

use crate::tables::Schema;

/// The service's side of the database: one statement to load, one for each kind of thing that is saved, whatever the size
/// of the batch.
pub trait Store<H: Handler>: Send + Sync + 'static {
    /// The schema that belongs to the service alone.
    const SCHEMA: Schema;
    /// The service's own tables, as statements that can be repeated; run at `migrate`, after the runtime's.
    const TABLES: &'static str;

    /// The aggregates of these keys, locked (`FOR UPDATE`, in the order of the keys) until the transaction ends. One that is
    /// not there is left out.
    fn load(
        connection: &mut PgConnection,
        keys: &BTreeSet<H::Key>,
    ) -> impl Future<Output = sqlx::Result<BTreeMap<H::Key, H::Aggregate>>> + Send;

    /// Stores aggregates as they are now, and appends rows in their order.
    fn save(
        connection: &mut PgConnection,
        changed: &BTreeMap<H::Key, H::Aggregate>,
        appended: &[H::Row],
    ) -> impl Future<Output = sqlx::Result<()>> + Send;
}
