//! Whether the service is there, and whether it can work.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use sqlx::PgPool;

use crate::transport::Ready;

/// `/healthz`: the process answers. `/readyz`: it reaches its database, and what carries its events is there.
pub(crate) fn routes<R: Ready>(pool: PgPool, carrier: Arc<R>) -> Router {
    Router::new()
        .route("/readyz", get(ready::<R>))
        .with_state((pool, carrier))
        .route("/healthz", get(|| async { "alive" }))
}

async fn ready<R: Ready>(State((pool, carrier)): State<(PgPool, Arc<R>)>) -> (StatusCode, String) {
    if sqlx::query("SELECT 1").execute(&pool).await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached".to_owned());
    }
    match carrier.is_ready().await {
        Ok(()) => (StatusCode::OK, "ready".to_owned()),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, format!("the sidecar: {missing}")),
    }
}
