//! A bare axum handler: the same session check and the same statements as api-service, rows of the outbox included, and nothing
//! else. Nobody brings its outbox away.

use std::sync::Arc;

use crate::serve::serve;
use crate::task::{Fields, Task, list};
use crate::told::told;
use anyhow::Result;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use handler_runtime::environment::{Environment, Problems};
use serde::Serialize;
use session::{Sessions, User};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// As many as a service has.
const CONNECTIONS: u32 = 8;
/// Tasks in a page.
const PAGE: i64 = 50;

#[derive(Serialize)]
struct Page<'a> {
    tasks: &'a [Task],
    next: Option<String>,
}

#[derive(Clone)]
struct Counter {
    pool: PgPool,
    sessions: Arc<Sessions>,
}

pub(crate) async fn run() -> Result<()> {
    let options = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
    let pool = options.connect(&told("DATABASE_URL")?).await?;
    let mut problems = Problems::default();
    let sessions = Arc::new(Sessions::from_environment(&Environment::of_process(), &mut problems));
    problems.into_result()?;
    serve(Router::new().route("/tasks", get(read).post(create)).with_state(Counter { pool, sessions })).await
}

impl Counter {
    async fn user(&self, headers: &HeaderMap) -> Result<User, StatusCode> {
        self.sessions.user(headers).await.map_err(|refusal| refusal.status())
    }
}

async fn create(State(counter): State<Counter>, headers: HeaderMap, body: Bytes) -> Result<Response, StatusCode> {
    let user = counter.user(&headers).await?;
    let fields: Fields = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let task = Task::new(fields, user.id);
    store(&counter.pool, &task, &user.email).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let headers = [(header::ETAG, "\"1\"".to_owned()), (header::LOCATION, format!("/tasks/{}", task.id))];
    Ok((StatusCode::CREATED, headers, Json(task)).into_response())
}

async fn store(pool: &PgPool, task: &Task, email: &str) -> Result<()> {
    let mut transaction = pool.begin().await?;
    task.store(&mut transaction, email).await?;
    Ok(transaction.commit().await?)
}

async fn read(State(counter): State<Counter>, headers: HeaderMap) -> Result<Response, StatusCode> {
    let user = counter.user(&headers).await?;
    let tasks = list(&counter.pool, &user.id, PAGE + 1).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let shown = &tasks[..tasks.len().min(usize::try_from(PAGE).unwrap_or_default())];
    Ok(Json(Page { tasks: shown, next: None }).into_response())
}
