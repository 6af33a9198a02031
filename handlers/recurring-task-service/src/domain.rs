//! A completed task of a series asks for the next one. It does so once: completed, reopened and completed again, it is still
//! followed by one task. What is remembered is the task and not the series, because a series may be moved to earlier dates.

mod recurrence;

use handler_contract::{
    Contract, Effects, Event, Handler, Id, Identity, Mode, Outcome, Publication, Publish, Refusal, Schema,
    Subscription, derived_id,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, UtcOffset};

use self::recurrence::Recurrence;

/// The handler.
pub(crate) struct Recurring;

/// What a completed task has asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked(pub(crate) Option<Request>);

/// The next task of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The series.
    pub(crate) series_id: String,
    /// The date, in UTC.
    pub(crate) occurrence: Date,
}

/// A task was completed.
#[derive(Deserialize)]
struct Completed {
    task_id: Id,
    user_id: Id,
    #[serde(default)]
    task: Task,
}

/// What a task hands on to the next one of its series. It recurs if it has both a series and a recurrence.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Task {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    due_date: Option<OffsetDateTime>,
    /// Seconds before it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    reminder_time: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<Recurrence>,
}

/// A task shall be created.
#[derive(Serialize)]
struct CreateRequested<'a> {
    event_id: &'a str,
    event_type: &'a str,
    /// The completed task, in whose history this belongs; the new one has no id yet.
    task_id: &'a Id,
    series_id: &'a Id,
    user_id: &'a Id,
    task: &'a Task,
}

/// Where the next task of a series is.
struct Next {
    series_id: Id,
    occurrence: Date,
    task: Task,
}

const SERVICE: &str = "recurring-task-service";
const CREATE_REQUESTED: &str = "task.create-requested";

impl Handler for Recurring {
    type Key = Id;
    type Aggregate = Asked;
    type Row = ();

    fn contract() -> Contract {
        let mut contract = Contract::of(SERVICE, vec![Mode::Dapr, Mode::Kafka, Mode::Lambda]);
        contract.subscribes =
            vec![Subscription::to("task-events", "/events/task-events").of_types(&["task.completed"])];
        contract.publishes =
            vec![Publication { topic: "task-commands", types: vec![CREATE_REQUESTED], key: "series_id" }];
        contract.events = [("task.completed", completed_schema()), (CREATE_REQUESTED, requested_schema())].into();
        contract.secrets = vec!["backend-secrets/DATABASE_URL"];
        contract
    }

    /// What can never be understood is refused here, once and for all.
    fn key(&self, event: &Event) -> Result<Id, Refusal> {
        let completed: Completed = event.data()?;
        next(&completed.task)?;
        Ok(completed.task_id)
    }

    fn handle(&self, asked: &mut Asked, event: &Event) -> Outcome<()> {
        ask(asked, event).unwrap_or_else(|refusal| Outcome::discard(refusal.to_string()))
    }
}

/// What it needs of a completed task.
fn completed_schema() -> Schema {
    let task = Schema::object()
        .maybe("title", Schema::text())
        .maybe("due_date", Schema::time().or_null())
        .maybe("series_id", Schema::accepted_id().or_null())
        .maybe("recurrence", Schema::object().or_null());
    Schema::object().with("task_id", Schema::accepted_id()).with("user_id", Schema::accepted_id()).maybe("task", task)
}

/// What it sends.
fn requested_schema() -> Schema {
    let task = Schema::object()
        .with("title", Schema::text())
        .maybe("description", Schema::text())
        .maybe("due_date", Schema::time())
        .maybe("reminder_time", Schema::time())
        .maybe("series_id", Schema::sent_id())
        .maybe("recurrence", Schema::object());
    Schema::object()
        .with("event_id", Schema::sent_id())
        .with("event_type", Schema::exactly(CREATE_REQUESTED))
        .with("task_id", Schema::sent_id())
        .with("series_id", Schema::sent_id())
        .with("user_id", Schema::sent_id())
        .with("task", task)
}

fn ask(asked: &mut Asked, event: &Event) -> Result<Outcome<()>, Refusal> {
    let completed: Completed = event.data()?;
    let Some(next) = next(&completed.task)? else {
        return Ok(Outcome::discard("no task follows it"));
    };
    if asked.0.is_some() {
        return Ok(Outcome::discard("it has asked for the next one before"));
    }
    let series = next.series_id.as_str();
    let event_id = event_id(&completed.task_id, series, next.occurrence);
    let data = CreateRequested {
        event_id: &event_id,
        event_type: CREATE_REQUESTED,
        task_id: &completed.task_id,
        series_id: &next.series_id,
        user_id: &completed.user_id,
        task: &next.task,
    };
    let publish = Publish::new("task-commands", CREATE_REQUESTED, series, &data);
    let publish = publish.map_err(|error| Refusal::Value(error.to_string()))?;
    let publish = publish.with_id(&event_id).about(completed.task_id.as_str());
    asked.0 = Some(Request { series_id: series.to_owned(), occurrence: next.occurrence });
    Ok(Outcome::Done(Effects::none().and(publish)))
}

/// The next task of the series; none where the task does not recur or the series is over. Dates are those of UTC, the time of
/// the day stays, and a task that is completed late is followed by the next date even if that has passed: none is left out.
fn next(task: &Task) -> Result<Option<Next>, Refusal> {
    let (Some(series_id), Some(recurrence)) = (&task.series_id, &task.recurrence) else { return Ok(None) };
    let due = task.due_date.ok_or_else(|| Refusal::Value("a task that recurs has no due date".to_owned()))?;
    let due = due.to_offset(UtcOffset::UTC);
    let start = recurrence.start.unwrap_or_else(|| due.date());
    let Some(occurrence) = recurrence.next(start, due.date()) else { return Ok(None) };
    let moved = due.replace_date(occurrence) - due;
    let mut task = task.clone();
    task.due_date = Some(due + moved);
    task.reminder_time = task.reminder_time.and_then(|time| time.to_offset(UtcOffset::UTC).checked_add(moved));
    task.recurrence = Some(Recurrence { start: Some(start), ..recurrence.clone() });
    Ok(Some(Next { series_id: series_id.clone(), occurrence, task }))
}

/// The same for the same completed task and date, whichever event says that it was completed.
fn event_id(task: &Id, series: &str, occurrence: Date) -> String {
    let cause = Identity { source: series.to_owned(), id: task.to_string() };
    derived_id(&cause, &format!("{SERVICE}/{occurrence}"), 0)
}

#[cfg(test)]
mod tests;
