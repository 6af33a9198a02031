//! The whole stack on this machine, behind sidecars and as consumers: what is published reaches every service that it concerns.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use portolan_dev::{Mode, World};
use portolan_parts::{Recorder, http};
use portolan_stage::event;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{Message, connect};

const LIMIT: Duration = Duration::from_mins(1);

/// A small machine takes one world at a time.
static ONE_WORLD: Mutex<()> = Mutex::new(());

#[test]
fn as_consumers() {
    events_reach_every_service(Mode::Kafka);
}

#[test]
fn behind_sidecars() {
    events_reach_every_service(Mode::Dapr);
}

fn events_reach_every_service(mode: Mode) {
    let _alone = ONE_WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever shows anything is this user.
    let auth = Recorder::start().unwrap();
    let user = json!({ "session": {}, "user": { "id": "ana", "email": "ana@example.com" } }).to_string();
    auth.answer("GET", "/api/auth/get-session", 200, "application/json", user.as_bytes());
    let world = World::start(mode, &format!("http://127.0.0.1:{}", auth.port())).unwrap();
    let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", world.brokers()).create().unwrap();
    let publish = |topic: &str, event: &Value| {
        let (key, payload) = (event["subject"].as_str().unwrap(), event.to_string());
        producer.send(BaseRecord::to(topic).key(key).payload(&payload)).unwrap();
        producer.flush(LIMIT).unwrap();
    };
    let recurrence = json!({ "frequency": "daily", "start": "2027-01-31" });
    let task = json!({ "id": "1", "title": "water", "version": 2, "due_date": "2027-01-31T09:00:00Z",
        "series_id": "s", "recurrence": recurrence });
    publish(
        "task-events",
        &event("1", "task.completed", "1", &json!({ "task_id": "1", "user_id": "ana", "task": task })),
    );
    let due = json!({ "task_id": "9", "user_id": "ana", "version": 1, "email": "ana@example.com", "title": "milk" });
    publish("reminders", &event("2", "reminder.due", "9", &due));

    // The next occurrence is asked for, in the completed task's history; a mail is sent.
    let entries = || {
        let answer = http::get(world.port("audit-service").unwrap(), "/tasks/1/entries").unwrap();
        let entries: Vec<Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
        entries
            .iter()
            .map(|entry| entry["type"].as_str().or(entry["kind"].as_str()).unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    wait("the next occurrence is asked for", || {
        let kinds = entries();
        ["task.completed", "task.create-requested"].iter().all(|kind| kinds.iter().any(|one| one == kind))
    });
    wait("the mail is sent", || world.mails().iter().any(|mail| mail.to == "ana@example.com"));

    // A sidecar does not say when it has joined its group, which begins at the newest event.
    let mut request =
        format!("ws://127.0.0.1:{}/ws", world.port("websocket-sync-service").unwrap()).into_client_request().unwrap();
    request.headers_mut().insert("cookie", HeaderValue::from_static("session=ana"));
    let (mut session, _) = connect(request).unwrap();
    let MaybeTlsStream::Plain(stream) = session.get_ref() else { panic!("no TLS was asked for") };
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let task = json!({ "id": "7", "title": "tea", "version": 1 });
    let change = event("3", "task.updated", "7", &json!({ "task_id": "7", "user_id": "ana", "task": task }));
    wait("the session is told", || {
        publish("task-updates", &change);
        // Nothing within a second, a hello, a beat: all of them are not it.
        matches!(session.read(), Ok(Message::Text(text)) if text.contains("\"task_id\":\"7\""))
    });
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < until, "{what}: not in {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
