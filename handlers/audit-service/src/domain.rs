//! Every event is one entry.

use handler_contract::{Contract, Effects, Event, Handler, Id, Mode, Outcome, Refusal, Subscription};
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
    /// The task.
    pub(crate) task_id: String,
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
    task_id: Id,
    user_id: Option<Id>,
    version: Option<i64>,
    task: Option<Task>,
}

#[derive(Deserialize)]
struct Task {
    version: Option<i64>,
}

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
        contract.secrets = vec!["backend-secrets/DATABASE_URL"];
        contract
    }

    fn key(&self, event: &Event) -> Result<Id, Refusal> {
        Ok(event.data::<Payload>()?.task_id)
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
        task_id: payload.task_id.to_string(),
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
        assert_eq!((entry.task_id.as_str(), entry.user_id.as_deref(), entry.version), ("1", Some("u"), Some(3)));
        assert_eq!(entry.data, r#"{"task_id":1,"user_id":"u","task":{"version":3,"title":"milk"}}"#);
    }

    #[test]
    fn what_concerns_no_task_is_refused() {
        assert!(Audit.key(&event(r#"{"user_id":"u"}"#)).is_err());
    }

    #[test]
    fn the_committed_contract_is_this_one() {
        let committed: serde_json::Value = serde_json::from_str(include_str!("../contract.json")).unwrap();
        assert_eq!(committed, serde_json::from_str::<serde_json::Value>(&Audit::contract().to_json()).unwrap());
    }
}
