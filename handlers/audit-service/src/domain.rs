//! Every event is one entry.

use handler_contract::{Contract, Effects, Event, Handler, Id, Mode, Outcome, Refusal, Schema, Subscription};
use serde::Deserialize;
use time::OffsetDateTime;

/// The handler.
pub(crate) struct Audit;

/// An entry of the audit log: an event, and what it says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The event's `source`.
    pub(crate) source: String,
    /// The event's `id`.
    pub(crate) event_id: String,
    /// The topic that it came over.
    pub(crate) topic: String,
    /// The event's `type`.
    pub(crate) kind: String,
    /// The task, where there is one already.
    pub(crate) task_id: Option<String>,
    /// Whose task it is.
    pub(crate) user_id: Option<String>,
    /// The task's version after the change, where the event has one. Entries are read in this order: on some carriers events
    /// arrive in none.
    pub(crate) version: Option<i64>,
    /// When it happened, as its producer says.
    pub(crate) occurred_at: Option<OffsetDateTime>,
    /// The payload as it was written.
    pub(crate) data: String,
}

/// What of a payload is put into columns of its own.
#[derive(Deserialize)]
struct Payload {
    task_id: Option<Id>,
    user_id: Option<Id>,
    version: Option<i64>,
    task: Option<Task>,
}

#[derive(Deserialize)]
struct Task {
    version: Option<i64>,
}

/// The event types of the stack.
const KINDS: [&str; 7] = [
    "task.created",
    "task.updated",
    "task.completed",
    "task.reopened",
    "task.deleted",
    "task.create-requested",
    "reminder.due",
];

impl Handler for Audit {
    type Key = Id;
    type Aggregate = ();
    type Row = Entry;

    fn contract() -> Contract {
        let mut contract = Contract::of("audit-service", vec![Mode::Dapr, Mode::Kafka, Mode::Lambda]);
        contract.subscribes = vec![
            Subscription::to("task-events", "/events/task-events"),
            Subscription::to("task-updates", "/events/task-updates"),
            Subscription::to("task-commands", "/events/task-commands"),
            Subscription::to("reminders", "/events/reminders"),
        ];
        // Whatever a topic carries.
        let anything = Schema::object()
            .maybe("task_id", Schema::accepted_id().or_null())
            .maybe("user_id", Schema::accepted_id().or_null())
            .maybe("version", Schema::integer().or_null())
            .maybe("task", Schema::object().maybe("version", Schema::integer().or_null()).or_null());
        contract.events = KINDS.map(|kind| (kind, anything.clone())).into();
        contract.secrets = vec!["backend-secrets/DATABASE_URL"];
        contract
    }

    fn key(&self, event: &Event) -> Result<Id, Refusal> {
        let task = event.data::<Payload>()?.task_id;
        Ok(task.unwrap_or_else(|| event.subject.as_ref().unwrap_or(&event.identity.id).as_str().into()))
    }

    fn handle(&self, (): &mut (), event: &Event) -> Outcome<Entry> {
        handle_event(event).map_or_else(
            |refusal| Outcome::discard(refusal.to_string()),
            |entry| Outcome::Done(Effects::none().append(entry)),
        )
    }
}

fn handle_event(event: &Event) -> Result<Entry, Refusal> {
    let payload: Payload = event.data()?;
    Ok(Entry {
        source: event.identity.source.clone(),
        event_id: event.identity.id.clone(),
        topic: event.topic.clone(),
        kind: event.kind.clone(),
        task_id: payload.task_id.map(|id| id.to_string()),
        user_id: payload.user_id.map(|id| id.to_string()),
        version: payload.version.or(payload.task.and_then(|task| task.version)),
        occurred_at: event.time,
        data: event.text().unwrap_or("null").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Event {
        let text =
            format!(r#"{{"specversion":"1.0","id":"1","source":"api-service","type":"task.created","data":{data}}}"#);
        Event::from_json(text.as_bytes(), "task-events").unwrap()
    }

    #[test]
    fn an_event_is_an_entry() {
        let event = event(r#"{"task_id":1,"user_id":"u","task":{"version":3,"title":"milk"}}"#);
        let entry = handle_event(&event).unwrap();
        assert_eq!(
            (entry.task_id.as_deref(), entry.user_id.as_deref(), entry.version),
            (Some("1"), Some("u"), Some(3))
        );
        assert_eq!(entry.data, r#"{"task_id":1,"user_id":"u","task":{"version":3,"title":"milk"}}"#);
    }

    #[test]
    fn a_task_that_is_not_there_yet_has_an_entry_too() {
        let event = event(r#"{"user_id":"u","series_id":"s"}"#);
        assert_eq!(Audit.key(&event).unwrap().as_str(), "1", "its own id stands in");
        assert_eq!(handle_event(&event).unwrap().task_id, None);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        assert!(Audit.key(&event("7")).is_err());
    }

    #[test]
    fn the_committed_contract_is_this_one() {
        let committed: serde_json::Value = serde_json::from_str(include_str!("../contract.json")).unwrap();
        assert_eq!(committed, serde_json::from_str::<serde_json::Value>(&Audit::contract().to_json()).unwrap());
    }
}
