//! Whether the service is there, and whether it can work.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use sqlx::PgPool;

/// `/healthz`: the process answers. `/readyz`: it reaches its database.
pub(crate) fn routes(pool: PgPool) -> Router {
    let ready = move || async move {
        match sqlx::query("SELECT 1").execute(&pool).await {
            Ok(_) => (StatusCode::OK, "ready"),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached"),
        }
    };
    Router::new().route("/healthz", get(|| async { "alive" })).route("/readyz", get(ready))
}
