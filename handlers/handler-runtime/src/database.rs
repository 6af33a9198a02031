//! The service's part of PostgreSQL: how it is reached, and how it is made.

use std::time::Duration;

use handler_contract::Handler;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgPool};

use crate::mail::sends_mail;
use crate::service::ServiceError;
use crate::store::Store;
use crate::store::jobs::Jobs;
use crate::store::mails::Mails;
use crate::tables::make_tables;

/// How long a connection to the database is waited for: who waits for an answer hears sooner that there is none.
const CONNECT: Duration = Duration::from_secs(5);

/// A connection that was used so short a time ago is used again without asking the server first, which would be a question for each
/// transaction.
const FRESH: Duration = Duration::from_secs(1);

/// Connections are made when they are needed. They are renewed now and then, so that one that a fault has left in a bad state
/// does not stay.
pub(crate) fn pool(url: &str, connections: u32) -> Result<PgPool, ServiceError> {
    let options =
        PgPoolOptions::new().max_connections(connections).max_lifetime(Duration::from_mins(5)).acquire_timeout(CONNECT);
    let options = options.test_before_acquire(false).before_acquire(|connection, used| {
        Box::pin(async move {
            if used.idle_for > FRESH {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    // The error would show the address, and with it the password.
    options.connect_lazy(url).map_err(|_| ServiceError::Database("DATABASE_URL is no address of PostgreSQL".to_owned()))
}

/// Makes what is missing of the service's schema, in one transaction, one process at a time.
pub(crate) async fn migrate<H: Handler, S: Store<H>>(pool: &PgPool) -> Result<(), ServiceError> {
    let mut transaction = pool.begin().await?;
    make_tables(&mut transaction, S::SCHEMA).await?;
    let contract = H::contract();
    if !contract.schedules.is_empty() {
        Jobs::make_table(&mut transaction, S::SCHEMA).await?;
    }
    if sends_mail(&contract) {
        Mails::make_table(&mut transaction, S::SCHEMA).await?;
    }
    sqlx::raw_sql(S::TABLES).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}
