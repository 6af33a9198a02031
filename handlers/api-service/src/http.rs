//! Tasks over HTTP. `openapi.json` describes it, and a test holds the two together.

mod answer;
mod body;
mod head;
mod query;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter, get, patch, post};
use handler_contract::Id;
use handler_runtime::environment::{Environment, Problems};
use handler_runtime::{Command, Desk, Problem};
use session::Sessions;
use time::OffsetDateTime;
use uuid::Uuid;

use self::answer::{Answer, Page, refused, unavailable, undecided};
use self::head::{Head, known};
use crate::domain::{
    Asked, Denied, Tasks, decide_complete, decide_create, decide_delete, decide_reopen, decide_update,
};
use crate::store::{self, TaskStore};

const OPENAPI: &str = include_str!("../openapi.json");
/// The largest request body.
const LARGEST: usize = 256 * 1024;

/// What requests need.
#[derive(Clone)]
struct Counter {
    desk: Desk<Tasks, TaskStore>,
    sessions: Arc<Sessions>,
}

type Answered = Result<Response, Problem>;
type TaskId = Result<Path<String>, PathRejection>;

/// What is wrong with the variables that say where sessions are checked.
pub(crate) fn check(environment: &Environment, problems: &mut Problems) {
    Sessions::from_environment(environment, problems);
}

/// The operations, as `openapi.json` has them.
fn operations() -> [(&'static str, &'static str, MethodRouter<Counter>); 8] {
    let task = "/tasks/{task_id}";
    [
        ("get", "/openapi.json", get(|| async { ([(header::CONTENT_TYPE, "application/json")], OPENAPI) })),
        ("get", "/tasks", get(list)),
        ("post", "/tasks", post(create)),
        ("get", task, get(read)),
        ("patch", task, patch(update)),
        ("delete", task, routing::delete(delete)),
        ("post", "/tasks/{task_id}/complete", post(complete)),
        ("post", "/tasks/{task_id}/reopen", post(reopen)),
    ]
}

pub(crate) fn routes(desk: Desk<Tasks, TaskStore>) -> Router {
    // What is wrong with them has kept the service from starting.
    let sessions = Sessions::from_environment(&Environment::of_process(), &mut Problems::default());
    let counter = Counter { desk, sessions: Arc::new(sessions) };
    let add = |routes: Router<Counter>, (_, path, methods)| routes.route(path, methods);
    let routes = operations().into_iter().fold(Router::new(), add);
    let refused = || async { Problem::of(StatusCode::METHOD_NOT_ALLOWED, "the path has no such method") };
    routes.method_not_allowed_fallback(refused).with_state(counter)
}

impl Counter {
    /// Who asks.
    async fn asked(&self, headers: &HeaderMap) -> Result<Asked, Problem> {
        let user = self.sessions.user(headers).await.map_err(|refusal| refused(&refusal))?;
        let email = Some(user.email).filter(|email| !email.is_empty());
        Ok(Asked { user_id: Id::from(user.id), email, now: OffsetDateTime::now_utc() })
    }

    /// The command, with what the request says of it.
    fn told(command: Command<Id>, asked: &Asked, parts: &Parts, body: &[u8]) -> Result<Command<Id>, Problem> {
        let command = command.traced(&parts.headers);
        Ok(match head::idempotency_key(&parts.headers)? {
            Some(name) => command.named(asked.user_id.as_str(), &name, &head::digest(parts, body)),
            None => command,
        })
    }
}

async fn list(State(counter): State<Counter>, request: Request) -> Answered {
    let asked = counter.asked(request.headers()).await?;
    let query = query::read(request.uri().query().unwrap_or_default())?;
    let (tasks, next) = store::list::list(counter.desk.pool(), &asked.user_id, &query).await.map_err(unavailable)?;
    Ok(Page::of(tasks, next, &query).into_response())
}

async fn read(State(counter): State<Counter>, id: TaskId, headers: HeaderMap) -> Answered {
    let asked = counter.asked(&headers).await?;
    let id = task_id(id)?;
    let found = store::find(counter.desk.pool(), &asked.user_id, &id).await.map_err(unavailable)?;
    let task = found.ok_or_else(Problem::not_found)?;
    if known(&headers, task.version) {
        return Ok(Answer::unchanged(task.version));
    }
    Ok(Answer::ok(task).into_response())
}

async fn create(State(counter): State<Counter>, request: Request) -> Answered {
    let asked = counter.asked(request.headers()).await?;
    let (parts, bytes) = body::receive(request, LARGEST).await?;
    let fields = body::fields(&bytes)?;
    let id = Id::from(Uuid::new_v4().to_string());
    let command = Counter::told(Command::first(id.clone()), &asked, &parts, &bytes)?;
    let decided = counter.desk.decide(command, move |task, cause| {
        let (task, effects) = decide_create(task, &asked, cause, &id, &fields)?;
        Ok::<_, Denied>((Answer::created(task), effects))
    });
    Ok(decided.await.map_err(undecided)?.into_response())
}

async fn update(State(counter): State<Counter>, id: TaskId, request: Request) -> Answered {
    let asked = counter.asked(request.headers()).await?;
    let id = task_id(id)?;
    let Head { expected } = Head::that_expects(request.headers())?;
    let (parts, bytes) = body::receive(request, LARGEST).await?;
    let patch = body::patch(&bytes)?;
    let command = Counter::told(Command::on(id.clone()), &asked, &parts, &bytes)?;
    let decided = counter.desk.decide(command, move |task, cause| {
        let (task, effects) = decide_update(task, &asked, cause, &expected, &patch)?;
        Ok::<_, Denied>((Answer::ok(task), effects))
    });
    Ok(decided.await.map_err(undecided)?.into_response())
}

async fn delete(State(counter): State<Counter>, id: TaskId, request: Request) -> Answered {
    let asked = counter.asked(request.headers()).await?;
    let id = task_id(id)?;
    let Head { expected } = Head::that_expects(request.headers())?;
    let (parts, bytes) = body::receive_none(request, LARGEST).await?;
    let command = Counter::told(Command::on(id.clone()), &asked, &parts, &bytes)?;
    let decided = counter.desk.decide(command, move |task, cause| {
        let (_, effects) = decide_delete(task, &asked, cause, &expected)?;
        Ok::<_, Denied>((Answer::gone(), effects))
    });
    Ok(decided.await.map_err(undecided)?.into_response())
}

async fn complete(counter: State<Counter>, id: TaskId, request: Request) -> Answered {
    set(counter, id, request, true).await
}

async fn reopen(counter: State<Counter>, id: TaskId, request: Request) -> Answered {
    set(counter, id, request, false).await
}

/// To say it twice is to say it once, so no version has to be expected.
async fn set(State(counter): State<Counter>, id: TaskId, request: Request, completed: bool) -> Answered {
    let asked = counter.asked(request.headers()).await?;
    let id = task_id(id)?;
    let Head { expected } = Head::of(request.headers())?;
    let (parts, bytes) = body::receive_none(request, LARGEST).await?;
    let command = Counter::told(Command::on(id.clone()), &asked, &parts, &bytes)?;
    let decided = counter.desk.decide(command, move |task, cause| {
        let decide = if completed { decide_complete } else { decide_reopen };
        let (task, effects) = decide(task, &asked, cause, &expected)?;
        Ok::<_, Denied>((Answer::ok(task), effects))
    });
    Ok(decided.await.map_err(undecided)?.into_response())
}

/// What can be no id names no task.
fn task_id(id: TaskId) -> Result<Id, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found())?;
    let plausible = !id.is_empty() && id.len() <= 64 && id.chars().all(|one| one.is_ascii_graphic());
    if plausible { Ok(Id::from(id)) } else { Err(Problem::not_found()) }
}

#[cfg(test)]
mod tests;
