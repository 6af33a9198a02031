//! A peer that is asked over HTTP.

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::told::told;

/// Serves these routes at the port that it is told. Subscriptions are the sidecar's own.
pub(crate) async fn serve(routes: Router) -> Result<()> {
    let routes = routes.route("/dapr/subscribe", get(|| async { "[]" })).route("/readyz", get(|| async {}));
    let listener = TcpListener::bind(format!("127.0.0.1:{}", told("PORT")?)).await?;
    Ok(axum::serve(listener, routes).await?)
}
