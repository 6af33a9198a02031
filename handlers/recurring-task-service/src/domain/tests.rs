//! What a completed task leads to.

use handler_contract::Effect;
use serde_json::{Value, json};

use super::*;

fn completed(id: &str, task: &Value) -> Event {
    let data = json!({ "task_id": 7, "user_id": "u", "task": task });
    let event =
        json!({ "specversion": "1.0", "id": id, "source": "api-service", "type": "task.completed", "data": data });
    Event::from_json(event.to_string().as_bytes(), "task-events").unwrap()
}

fn monthly(due: &str) -> Value {
    json!({ "version": 3, "title": "rent", "priority": "high", "tags": ["home"], "due_date": due, "reminder_offset": 3600,
            "completed": true, "series_id": "s", "recurrence": { "frequency": "monthly", "start": "2027-01-31" } })
}

fn published(asked: &mut Asked, event: &Event) -> Option<Publish> {
    Recurring.key(event).unwrap();
    match Recurring.handle(asked, event) {
        Outcome::Done(effects) => effects.into_iter().find_map(|effect| match effect {
            Effect::Publish(publish) => Some(publish),
            _ => None,
        }),
        Outcome::Discard { .. } => None,
        Outcome::Retry { reason, .. } => panic!("{reason}"),
    }
}

fn payload(publish: &Publish) -> Value {
    serde_json::from_str(publish.data.get()).unwrap()
}

#[test]
fn the_next_task_has_what_the_completed_one_had_on_the_next_date() {
    let mut asked = Asked::default();
    let publish = published(&mut asked, &completed("1", &monthly("2027-02-28T23:30:00Z"))).unwrap();
    assert_eq!(
        (publish.topic.as_str(), publish.kind.as_str(), publish.key.as_str()),
        ("task-commands", CREATE_REQUESTED, "s")
    );
    let task = json!({ "title": "rent", "priority": "high", "tags": ["home"], "due_date": "2027-03-31T23:30:00Z",
        "reminder_offset": 3600, "series_id": "s",
        "recurrence": { "frequency": "monthly", "interval": 1, "start": "2027-01-31" } });
    let expected = json!({ "event_id": publish.id, "event_type": "task.create-requested", "task_id": "7", "series_id": "s",
        "user_id": "u", "task": task });
    assert_eq!(payload(&publish), expected);
    assert_eq!(asked.0.unwrap().occurrence.to_string(), "2027-03-31");
}

#[test]
fn dates_are_those_of_utc_and_a_reminder_moves_along() {
    let mut task = monthly("2027-03-01T00:30:00+01:00");
    task["recurrence"] = json!({ "frequency": "daily" });
    task["reminder_time"] = json!("2027-03-01T00:00:00+01:00");
    let publish = published(&mut Asked::default(), &completed("1", &task)).unwrap();
    let task = &payload(&publish)["task"];
    assert_eq!(task["due_date"], "2027-03-01T23:30:00Z");
    assert_eq!(task["reminder_time"], "2027-03-01T23:00:00Z");
    assert_eq!(task["recurrence"]["start"], "2027-02-28");
}

#[test]
fn a_task_asks_once_however_often_it_is_completed() {
    let mut asked = Asked::default();
    let first = published(&mut asked, &completed("1", &monthly("2027-02-28T09:00:00Z"))).unwrap();
    assert!(published(&mut asked, &completed("2", &monthly("2027-02-28T09:00:00Z"))).is_none());
    assert!(published(&mut asked, &completed("3", &monthly("2027-05-05T09:00:00Z"))).is_none(), "moved meanwhile");
    // Were it forgotten, the receiver would know the event.
    let again = published(&mut Asked::default(), &completed("2", &monthly("2027-02-28T09:00:00Z"))).unwrap();
    assert_eq!(first.id, again.id);
    let other = published(&mut Asked::default(), &completed("2", &monthly("2027-03-31T09:00:00Z"))).unwrap();
    assert_ne!(first.id, other.id);
}

#[test]
fn what_does_not_recur_and_what_is_over_asks_for_nothing() {
    let mut over = monthly("2027-02-28T09:00:00Z");
    over["recurrence"]["until"] = json!("2027-03-30");
    for task in [json!({ "title": "once" }), json!({}), over] {
        let mut asked = Asked::default();
        assert!(published(&mut asked, &completed("1", &task)).is_none(), "{task}");
        assert_eq!(asked, Asked::default());
    }
    let data = json!({ "task_id": 1, "user_id": 1 });
    let plain = json!({ "specversion": "1.0", "id": "1", "source": "s", "type": "task.completed", "data": data });
    let plain = Event::from_json(plain.to_string().as_bytes(), "task-events").unwrap();
    assert!(published(&mut Asked::default(), &plain).is_none());
}

#[test]
fn what_makes_no_sense_is_refused() {
    for recurrence in [
        json!({ "frequency": "monthly", "interval": 0 }),
        json!({ "frequency": "hourly" }),
        json!({ "frequency": "daily", "until": "31 Jan" }),
        json!({ "frequency": "daily", "start": "2027-02-29" }),
    ] {
        let mut task = monthly("2027-02-28T09:00:00Z");
        task["recurrence"] = recurrence;
        assert!(Recurring.key(&completed("1", &task)).is_err(), "{task}");
    }
    let mut task = monthly("2027-02-28T09:00:00Z");
    task["due_date"] = Value::Null;
    assert!(matches!(Recurring.key(&completed("1", &task)), Err(Refusal::Value(_))));
}

#[test]
fn the_committed_contract_is_this_one() {
    let committed: Value = serde_json::from_str(include_str!("../../contract.json")).unwrap();
    assert_eq!(committed, serde_json::from_str::<Value>(&Recurring::contract().to_json()).unwrap());
}
