//! What happened to a task.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use handler_runtime::Desk;
use serde::Deserialize;

use crate::domain::Audit;
use crate::store::{AuditStore, Shown, entries_of};

/// Entries in one answer, unless fewer are asked for.
const MOST: i64 = 500;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    offset: u32,
    limit: Option<u32>,
}

/// `GET /tasks/{task_id}/entries?offset=&limit=`.
pub(crate) fn routes(desk: Desk<Audit, AuditStore>) -> Router {
    Router::new().route("/tasks/{task_id}/entries", get(entries)).with_state(desk)
}

async fn entries(
    State(desk): State<Desk<Audit, AuditStore>>,
    Path(task_id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Shown>>, StatusCode> {
    let limit = page.limit.map_or(MOST, i64::from).min(MOST);
    let entries = entries_of(desk.pool(), &task_id, i64::from(page.offset), limit).await;
    entries.map(Json).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}
