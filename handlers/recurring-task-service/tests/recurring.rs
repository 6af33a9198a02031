//! The next task of a series, by the service's own program on a real Kafka and a real `PostgreSQL`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use portolan_stage::{Setting, Stage, event};
use serde_json::{Value, json};

fn completed(id: &str, task: &str, due: &str) -> Value {
    let recurrence = json!({ "frequency": "monthly", "start": "2027-01-31" });
    let task_data =
        json!({ "version": 2, "title": "rent", "due_date": due, "series_id": "s", "recurrence": recurrence });
    event(id, "task.completed", task, &json!({ "task_id": task, "user_id": "u", "task": task_data }))
}

#[test]
fn a_completed_task_is_followed_by_one_of_its_series() {
    let mut stage = Stage::start(Setting {
        program: env!("CARGO_BIN_EXE_recurring-task-service"),
        name: "recurring-task-service",
        listens: vec!["task-events"],
        publishes: vec!["task-commands"],
        ..Setting::default()
    })
    .unwrap();
    for event in [
        completed("1", "7", "2027-01-31T09:00:00Z"),
        completed("1", "7", "2027-01-31T09:00:00Z"),
        event("2", "task.completed", "9", &json!({ "task_id": "9", "user_id": "u", "task": { "title": "once" } })),
        event("3", "task.reopened", "7", &json!({ "task_id": "7", "user_id": "u" })),
        completed("4", "7", "2027-01-31T09:00:00Z"),
    ] {
        stage.publish("task-events", &event).unwrap();
    }
    stage.settled().unwrap();
    // What another process finds: the task has asked before.
    stage.crash().unwrap();
    stage.publish("task-events", &completed("5", "7", "2027-01-31T09:00:00Z")).unwrap();
    stage.publish("task-events", &completed("6", "8", "2027-02-28T09:00:00Z")).unwrap();
    let commands = stage
        .wait("both commands have left", || {
            let commands = stage.read("task-commands")?;
            Ok((commands.len() >= 2).then_some(commands))
        })
        .unwrap();
    stage.settled().unwrap();
    let shown: Vec<Value> = commands
        .iter()
        .map(|(key, event)| {
            let data = &event["data"];
            assert_eq!(event["id"], data["event_id"]);
            json!([key, event["type"], event["source"], data["task_id"], data["task"]["due_date"]])
        })
        .collect();
    let request = |task, due| json!(["s", "task.create-requested", "recurring-task-service", task, due]);
    assert_eq!(shown, [request("7", "2027-02-28T09:00:00Z"), request("8", "2027-03-31T09:00:00Z")]);
    assert_eq!(stage.read("task-commands").unwrap().len(), 2);
    assert_eq!(stage.read("task-events.dlq").unwrap().len(), 0);
}
