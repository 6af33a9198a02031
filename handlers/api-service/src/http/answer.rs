//! What is answered.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use handler_runtime::{Problem, Undecided};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::query;
use crate::domain::{Denied, Task, Wrong};
use crate::store::list::{Place, Query};

/// The answer to a command; it is kept where the request has a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    status: u16,
    task: Option<Task>,
}

impl Answer {
    pub(super) const fn ok(task: Task) -> Self {
        Self { status: 200, task: Some(task) }
    }

    pub(super) const fn created(task: Task) -> Self {
        Self { status: 201, task: Some(task) }
    }

    pub(super) const fn gone() -> Self {
        Self { status: 204, task: None }
    }

    /// The asker has it.
    pub(super) fn unchanged(version: i64) -> Response {
        (StatusCode::NOT_MODIFIED, [(header::ETAG, etag(version))]).into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let Some(task) = self.task else { return status.into_response() };
        let place = HeaderValue::from_str(&format!("/tasks/{}", task.id)).ok();
        let mut response = (status, [(header::ETAG, etag(task.version))], Json(task)).into_response();
        if let Some(place) = place.filter(|_| status == StatusCode::CREATED) {
            response.headers_mut().insert(header::LOCATION, place);
        }
        response
    }
}

/// A page of tasks.
#[derive(Serialize)]
pub(super) struct Page {
    tasks: Vec<Task>,
    /// What `after` has to be for the next page.
    next: Option<String>,
}

impl Page {
    pub(super) fn of(tasks: Vec<Task>, next: Option<Place>, query: &Query) -> Self {
        Self { tasks, next: next.map(|place| query::cursor(query, &place)) }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// A version of a task.
fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Why nobody is known to ask.
pub(super) fn refused(refusal: &session::Refusal) -> Problem {
    match refusal {
        session::Refusal::NotSignedIn => {
            Problem::of(StatusCode::UNAUTHORIZED, "sign in first").header(header::WWW_AUTHENTICATE, "Bearer")
        }
        // The reason is for the log: it names what stands behind the service.
        session::Refusal::Unavailable(_) => later("it cannot be told now who asks"),
    }
}

/// All that is wrong with a request.
pub(super) fn wrong(problems: &[Wrong]) -> Problem {
    let one = |wrong: &Wrong| json!({ "field": wrong.field, "detail": wrong.detail });
    let problems: Vec<Value> = problems.iter().map(one).collect();
    Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "what is wrong stands in `problems`")
        .with("problems", json!(problems))
}

pub(super) fn undecided(why: Undecided<Denied>) -> Problem {
    match why {
        Undecided::Refused(Denied::NotFound) => Problem::not_found(),
        Undecided::Refused(Denied::Stale(version)) => {
            let problem = Problem::of(StatusCode::PRECONDITION_FAILED, "the task has another version by now");
            problem.with("version", json!(version))
        }
        Undecided::Refused(Denied::Wrong(problems)) => wrong(&problems),
        Undecided::Reused => {
            Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "the Idempotency-Key is that of another request")
        }
        Undecided::TooLarge { size, largest } => {
            Problem::of(StatusCode::PAYLOAD_TOO_LARGE, "the task is larger than what carries its events takes")
                .with("size", json!(size))
                .with("largest", json!(largest))
        }
        Undecided::Data(reason) => Problem::of(StatusCode::UNPROCESSABLE_ENTITY, reason),
        Undecided::Unavailable(reason) => {
            tracing::warn!(reason, "a request could not be decided");
            later("it cannot be stored now")
        }
    }
}

/// The database did not answer; or it refuses a value, and then another one is needed.
pub(super) fn unavailable(error: sqlx::Error) -> Problem {
    undecided(Undecided::from(error))
}

fn later(detail: &str) -> Problem {
    Problem::of(StatusCode::SERVICE_UNAVAILABLE, detail).header(header::RETRY_AFTER, "5")
}
