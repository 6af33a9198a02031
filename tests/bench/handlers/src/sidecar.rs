//! The plain way behind a sidecar: one request and one transaction for each event.

use crate::entry::Entries;
use crate::serve::serve;
use crate::told::told;
use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// One for each partition is enough: the sidecar brings the next event of one when the last is done.
const CONNECTIONS: u32 = 8;

pub(crate) async fn run() -> Result<()> {
    // Nothing is asked of a connection before it is used.
    let options = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
    let pool = options.connect(&told("DATABASE_URL")?).await?;
    serve(Router::new().route("/events/task-events", post(event)).with_state(pool)).await
}

async fn event(State(pool): State<PgPool>, body: Bytes) -> StatusCode {
    match handle(&pool, &body).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn handle(pool: &PgPool, body: &[u8]) -> Result<()> {
    let mut entry = Entries::default();
    entry.read(body, "task-events")?;
    let mut transaction = pool.begin().await?;
    if entry.claim(&mut transaction).await? {
        entry.store_one(&mut transaction).await?;
    }
    Ok(transaction.commit().await?)
}
