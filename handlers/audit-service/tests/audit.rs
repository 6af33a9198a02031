//! The audit log, by the service's own program on a real Kafka and a real `PostgreSQL`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use portolan_stage::{Setting, Stage, event};
use serde_json::{Value, json};

fn changed(id: &str, kind: &str, version: i64) -> Value {
    event(id, kind, "7", &json!({ "task_id": "7", "user_id": "u", "task": { "version": version, "title": "milk" } }))
}

#[test]
fn an_event_is_one_entry_and_entries_are_read_by_version() {
    let stage = Stage::start(Setting {
        program: env!("CARGO_BIN_EXE_audit-service"),
        name: "audit-service",
        listens: vec!["task-events", "reminders"],
        ..Setting::default()
    })
    .unwrap();
    // As some carriers bring them: in no order, and one of them twice.
    for event in [
        changed("3", "task.completed", 3),
        changed("1", "task.created", 1),
        changed("1", "task.created", 1),
        changed("2", "task.updated", 2),
    ] {
        stage.publish("task-events", &event).unwrap();
    }
    let data = json!({ "event_id": "test-123", "event_type": "task.created", "task_id": 8, "user_id": 1 });
    stage.publish("task-events", &event("9", "com.dapr.event.sent", "8", &data)).unwrap();
    let data = json!({ "task_id": 7, "version": 4, "address": "a@example.com", "title": "milk" });
    stage.publish("reminders", &event("r", "reminder.due", "7", &data)).unwrap();
    stage.settled().unwrap();

    let entries = stage.get("/tasks/7/entries").unwrap();
    let shown: Vec<Value> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| json!([entry["type"], entry["version"], entry["source"], entry["data"]["task_id"].to_string()]))
        .collect();
    assert_eq!(
        shown,
        [
            json!(["task.created", 1, "api-service", "\"7\""]),
            json!(["task.updated", 2, "api-service", "\"7\""]),
            json!(["task.completed", 3, "api-service", "\"7\""]),
            json!(["reminder.due", 4, "api-service", "7"]),
        ]
    );
    let page = stage.get("/tasks/7/entries?offset=1&limit=1").unwrap();
    assert_eq!(page.as_array().unwrap().len(), 1);
    assert_eq!(page[0]["version"], 2);
    assert_eq!(stage.get("/tasks/8/entries").unwrap()[0]["type"], "task.created");
}
