//! Promise: a user who signs in, makes a recurring task with a reminder and completes it gets one mail, the next task, its history
//! and a message to the browser; behind sidecars and as consumers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use portolan_dev::{Mode, World};
use portolan_parts::{BetterAuth, http};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Message, connect};

/// A small machine takes one world at a time.
static ONE_WORLD: Mutex<()> = Mutex::new(());

const LIMIT: Duration = Duration::from_mins(1);

#[test]
fn as_consumers() {
    the_whole_flow(Mode::Kafka);
}

#[test]
fn behind_sidecars() {
    the_whole_flow(Mode::Dapr);
}

fn the_whole_flow(mode: Mode) {
    let _alone = ONE_WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    let auth = BetterAuth::start().unwrap();
    let world = World::start(mode, &auth.url()).unwrap();
    let (api, audit) = (world.port("api-service").unwrap(), world.port("audit-service").unwrap());
    let cookie = auth.sign_in("ana@example.com").unwrap();
    let ask = |method: &str, path: &str, body: &Value| {
        let mut headers = vec![("cookie", cookie.as_str()), ("content-type", "application/json")];
        headers.extend((method == "PATCH").then_some(("if-match", "*")));
        let answer = {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            http::send(api, method, path, &headers, body.as_bytes()).unwrap()
        };
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text());
        serde_json::from_str::<Value>(&answer.text()).unwrap_or_default()
    };
    assert_eq!(http::get(api, "/tasks").unwrap().status, 401);

    let address = format!("ws://127.0.0.1:{}/ws", world.port("websocket-sync-service").unwrap());
    let mut request = address.into_client_request().unwrap();
    request.headers_mut().insert("cookie", HeaderValue::from_str(&cookie).unwrap());
    let (mut session, _) = connect(request).unwrap();
    let MaybeTlsStream::Plain(stream) = session.get_ref() else { panic!("no TLS was asked for") };
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();

    let due = (OffsetDateTime::now_utc() + Duration::from_secs(3605)).format(&Rfc3339).unwrap();
    let task =
        json!({ "title": "water", "due_date": due, "reminder_offset": 3600, "recurrence": { "frequency": "daily" } });
    let task = ask("POST", "/tasks", &task);
    let id = task["id"].as_str().unwrap().to_owned();
    wait("the reminder is mailed", || world.mails().iter().any(|mail| mail.to == "ana@example.com"));
    ask("POST", &format!("/tasks/{id}/complete"), &Value::Null);

    wait("the next task is there", || {
        let tasks = ask("GET", "/tasks", &Value::Null);
        let text = tasks.to_string();
        text.matches("\"title\":\"water\"").count() == 2
    });
    wait("the history is complete", || {
        let entries = http::get(audit, &format!("/tasks/{id}/entries")).unwrap().text();
        ["task.created", "reminder.due", "task.completed", "task.create-requested"]
            .iter()
            .all(|kind| entries.contains(kind))
    });
    // A sidecar does not say when it has joined; by now it has, so a change is made until one is heard.
    let mut number = 0;
    wait("the browser is told", || {
        number += 1;
        ask("PATCH", &format!("/tasks/{id}"), &json!({ "description": number.to_string() }));
        matches!(session.read(), Ok(Message::Text(text)) if text.contains("task.updated") && text.contains(&id))
    });
    assert_eq!(world.mails().iter().filter(|mail| mail.to == "ana@example.com").count(), 1);
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < until, "{what}: not in {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
