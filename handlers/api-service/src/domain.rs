//! Tasks: what requests and events make of them, and what follows.

mod decide;
mod fields;
mod recurrence;
mod schemas;
mod task;

use handler_contract::{
    Contract, Effects, Event, Handler, Id, Identity, Invocation, Mode, Outcome, Publication, Publish, Refusal,
    Schedule, Subscription, derived_id,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(crate) use self::decide::{
    Asked, Denied, Expected, decide_complete, decide_create, decide_delete, decide_reopen, decide_update,
};
pub(crate) use self::fields::{Fields, Patch, Priority, Wrong};
pub(crate) use self::recurrence::Recurrence;
pub(crate) use self::task::Task;

/// The handler.
pub(crate) struct Tasks;

/// Where a user's reminders go: what the user's last request said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) user_id: Id,
    pub(crate) email: String,
}

/// A task of a series shall be created.
#[derive(Deserialize)]
struct CreateRequested {
    user_id: Id,
    series_id: Id,
    task: Fields,
}

/// A reminder, with all that its mail needs.
#[derive(Serialize)]
struct Reminder<'a> {
    event_id: &'a str,
    event_type: &'a str,
    task_id: &'a Id,
    user_id: &'a Id,
    #[serde(with = "time::serde::rfc3339")]
    due_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    due_date: Option<OffsetDateTime>,
    email: &'a str,
    title: &'a str,
    version: i64,
}

const SERVICE: &str = "api-service";
const CREATE_REQUESTED: &str = "task.create-requested";
const REMINDER_DUE: &str = "reminder.due";
/// What follows every change, in this order.
const CHANGES: [&str; 5] = ["task.created", "task.updated", "task.completed", "task.reopened", "task.deleted"];
const TOPICS: [&str; 2] = ["task-events", "task-updates"];

impl Handler for Tasks {
    type Key = Id;
    type Aggregate = Option<Task>;
    type Row = Address;

    fn contract() -> Contract {
        let mut contract = Contract::of(SERVICE, vec![Mode::Dapr, Mode::Kafka]);
        contract.subscribes =
            vec![Subscription::to("task-commands", "/events/task-commands").of_types(&[CREATE_REQUESTED])];
        let changes = TOPICS.map(|topic| Publication { topic, types: CHANGES.to_vec(), key: "task_id" });
        contract.publishes = changes.into();
        contract.publishes.push(Publication { topic: "reminders", types: vec![REMINDER_DUE], key: "task_id" });
        contract.events = CHANGES.map(|kind| (kind, schemas::changed(kind))).into();
        contract.events.insert(REMINDER_DUE, schemas::reminder());
        contract.events.insert(CREATE_REQUESTED, schemas::create_requested());
        contract.schedules = vec![Schedule { job: "reminder-{task_id}", route: "/job/reminder-{task_id}" }];
        contract.invokes =
            vec![Invocation { service: "better-auth-service", method: "api/auth/get-session", verbs: vec!["GET"] }];
        contract.stores = vec!["postgres-statestore"];
        contract.secrets = vec!["backend-secrets/DATABASE_URL"];
        contract
    }

    /// What can never be understood is refused here, once and for all.
    fn key(&self, event: &Event) -> Result<Id, Refusal> {
        if let Some(job) = event.job() {
            let task = job.strip_prefix("reminder-").filter(|task| !task.is_empty());
            return task.map(Id::from).ok_or_else(|| Refusal::Value("the job is no reminder".to_owned()));
        }
        let requested: CreateRequested = event.data()?;
        let fields = requested.task.clone().tidied();
        match fields.and_then(|fields| fields.check().map(|()| fields)) {
            Ok(fields) => Ok(occurrence(&requested, &fields, &event.identity)),
            Err(wrong) => Err(Refusal::Value(wrong.iter().map(Wrong::to_string).collect::<Vec<_>>().join("; "))),
        }
    }

    fn handle(&self, task: &mut Option<Task>, event: &Event) -> Outcome<Address> {
        let handled = match event.job_due() {
            Some(due) => remind(task.as_ref(), due),
            None => self.key(event).and_then(|id| create_requested(task, id, event)),
        };
        handled.unwrap_or_else(|refusal| Outcome::discard(refusal.to_string()))
    }
}

/// The id of the task of an occurrence: whoever asks for it again, and by whichever event, asks for the same task.
fn occurrence(requested: &CreateRequested, fields: &Fields, event: &Identity) -> Id {
    let place = match fields.due_date.and_then(|due| due.format(&Rfc3339).ok()) {
        Some(due) => Identity { source: requested.series_id.to_string(), id: due },
        None => event.clone(),
    };
    derived_id(&place, &format!("{SERVICE}/{}", requested.user_id), 0).into()
}

fn create_requested(task: &mut Option<Task>, id: Id, event: &Event) -> Result<Outcome<Address>, Refusal> {
    let requested: CreateRequested = event.data()?;
    if task.is_some() {
        return Ok(Outcome::discard("the occurrence has its task"));
    }
    let wrong = |_| Refusal::Value("the task is not what it has to be".to_owned());
    let fields = requested.task.tidied().map_err(wrong)?;
    let new = Task::new(id, requested.user_id, fields, Some(requested.series_id), event.time);
    let effects = new.follow("task.created", &event.identity, None, event.time).map_err(Refusal::Value)?;
    *task = Some(new);
    Ok(Outcome::Done(effects))
}

/// The job is a hint: what counts is the task as it is now.
fn remind(task: Option<&Task>, due: OffsetDateTime) -> Result<Outcome<Address>, Refusal> {
    let Some(task) = task.filter(|task| !task.deleted) else { return Ok(Outcome::discard("the task is gone")) };
    if task.completed {
        return Ok(Outcome::discard("the task is completed"));
    }
    if task.reminder() != Some(due) {
        return Ok(Outcome::discard("the reminder was moved"));
    }
    let Some(email) = &task.email else { return Ok(Outcome::discard("no address of its user is known")) };
    let written = due.format(&Rfc3339).map_err(|error| Refusal::Value(error.to_string()))?;
    let place = Identity { source: task.id.to_string(), id: written };
    let event_id = derived_id(&place, REMINDER_DUE, 0);
    let reminder = Reminder {
        event_id: &event_id,
        event_type: REMINDER_DUE,
        task_id: &task.id,
        user_id: &task.user_id,
        due_at: due,
        due_date: task.fields.due_date,
        email,
        title: &task.fields.title,
        version: task.version,
    };
    let publish = Publish::new("reminders", REMINDER_DUE, task.id.as_str(), &reminder);
    let publish = publish.map_err(|error| Refusal::Value(error.to_string()))?;
    Ok(Outcome::Done(Effects::none().and(publish.with_id(&event_id).about(task.id.as_str()))))
}

#[cfg(test)]
mod tests;
