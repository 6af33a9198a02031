//! A change of a task is told to its user's sessions.

use std::convert::Infallible;

use handler_contract::{
    Contract, Data, Effects, Event, Handler, Id, Invocation, Mode, Outcome, Push, Refusal, Schema, Subscription,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The handler.
pub(crate) struct TaskSync;

/// What is needed of a change.
#[derive(Deserialize)]
struct Change {
    user_id: Id,
    task_id: Id,
    version: Option<i64>,
    task: Option<Task>,
}

#[derive(Deserialize)]
struct Task {
    version: Option<i64>,
}

/// What a session is told of a change. A client that has a newer version leaves it alone.
#[derive(Serialize)]
struct Changed<'a, D> {
    #[serde(rename = "type")]
    kind: &'a str,
    event_id: &'a str,
    task_id: &'a Id,
    /// The task's version after the change, where the event has one.
    version: Option<i64>,
    #[serde(with = "time::serde::rfc3339::option")]
    time: Option<OffsetDateTime>,
    /// The payload as it was written.
    data: &'a D,
}

/// The event types that are told.
const KINDS: [&str; 5] = ["task.created", "task.updated", "task.completed", "task.reopened", "task.deleted"];

impl Handler for TaskSync {
    type Key = Id;
    type Aggregate = ();
    type Row = Infallible;

    fn contract() -> Contract {
        let mut contract = Contract::of("websocket-sync-service", vec![Mode::Dapr, Mode::Kafka]);
        contract.subscribes =
            vec![Subscription::to("task-updates", "/events/task-updates").of_types(&KINDS).broadcast()];
        let change = Schema::object()
            .with("user_id", Schema::accepted_id())
            .with("task_id", Schema::accepted_id())
            .maybe("version", Schema::integer().or_null())
            .maybe("task", Schema::object().maybe("version", Schema::integer().or_null()).or_null());
        contract.events = KINDS.map(|kind| (kind, change.clone())).into();
        contract.invokes =
            vec![Invocation { service: "better-auth-service", method: "api/auth/get-session", verbs: vec!["GET"] }];
        contract
    }

    fn key(&self, event: &Event) -> Result<Id, Refusal> {
        Ok(event.data::<Change>()?.user_id)
    }

    fn handle(&self, (): &mut (), event: &Event) -> Outcome<Infallible> {
        handle_change(event).map_or_else(
            |refusal| Outcome::discard(refusal.to_string()),
            |push| Outcome::Done(Effects::none().and(push)),
        )
    }
}

fn handle_change(event: &Event) -> Result<Push, Refusal> {
    let change: Change = event.data()?;
    let Data::Json(data) = &event.data else { return Err(Refusal::Value("the payload is no JSON".to_owned())) };
    let told = Changed {
        kind: &event.kind,
        event_id: &event.identity.id,
        task_id: &change.task_id,
        version: change.version.or(change.task.and_then(|task| task.version)),
        time: event.time,
        data,
    };
    Push::new(change.user_id.to_string(), &told).map_err(|error| Refusal::Value(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(data: &str) -> Event {
        let text = format!(
            r#"{{"specversion":"1.0","id":"1","source":"api-service","type":"task.updated","time":"2027-01-02T03:04:05Z","data":{data}}}"#
        );
        Event::from_json(text.as_bytes(), "task-updates").unwrap()
    }

    #[test]
    fn the_user_of_the_task_is_told_and_with_its_version() {
        let data = r#"{"task_id":"t","user_id":"u","task":{"version":3,"title":"milk","n":9007199254740993}}"#;
        let push = handle_change(&event(data)).unwrap();
        assert_eq!(push.user, "u");
        let told: serde_json::Value = serde_json::from_str(push.data.get()).unwrap();
        for (name, expected) in [
            ("type", json!("task.updated")),
            ("event_id", json!("1")),
            ("task_id", json!("t")),
            ("version", json!(3)),
            ("time", json!("2027-01-02T03:04:05Z")),
        ] {
            assert_eq!(told[name], expected, "{name}");
        }
        assert!(push.data.get().ends_with(&format!(r#""data":{data}}}"#)), "{}", push.data);
    }

    #[test]
    fn ids_may_be_numbers_and_a_task_may_be_missing() {
        let push = handle_change(&event(r#"{"event_id":"test-123","task_id":1,"user_id":1}"#)).unwrap();
        let told: serde_json::Value = serde_json::from_str(push.data.get()).unwrap();
        assert_eq!((push.user.as_str(), &told["task_id"], &told["version"]), ("1", &json!("1"), &json!(null)));
    }

    #[test]
    fn what_concerns_nobody_is_refused() {
        for data in ["7", r#"{"task_id":"t"}"#, r#"{"user_id":"u"}"#, r#"{"task_id":"t","user_id":""}"#] {
            assert!(TaskSync.key(&event(data)).is_err(), "{data}");
        }
    }

    #[test]
    fn the_committed_contract_is_this_one() {
        assert_eq!(TaskSync::contract().to_json(), include_str!("../contract.json"));
    }
}
