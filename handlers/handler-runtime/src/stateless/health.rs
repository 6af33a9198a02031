//! Whether a service without a database can work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::transport::Ready;

/// `/healthz`: the process answers. `/readyz`: what carries its events is there, and they come in from now on. A session that
/// began before that would miss some and not know it.
pub(super) fn routes<R: Ready>(carrier: Arc<R>, begun: Arc<AtomicBool>) -> Router {
    Router::new()
        .route("/readyz", get(ready::<R>))
        .with_state((carrier, begun))
        .route("/healthz", get(|| async { "alive" }))
}

async fn ready<R: Ready>(State((carrier, begun)): State<(Arc<R>, Arc<AtomicBool>)>) -> (StatusCode, String) {
    if !begun.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "no partitions are assigned yet".to_owned());
    }
    match carrier.is_ready().await {
        Ok(()) => (StatusCode::OK, "ready".to_owned()),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, format!("the sidecar: {missing}")),
    }
}
