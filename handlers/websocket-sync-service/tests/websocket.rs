//! What sessions are told, by the service's own program on a real Kafka, and by sessions over real connections.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[path = "websocket/auth.rs"]
mod auth;
#[path = "websocket/client.rs"]
mod client;

use std::time::{Duration, Instant};

use portolan_stage::{Replicas, Setting, event};
use serde_json::{Value, json};

use auth::Auth;
use client::{Came, Client, LIMIT};

const TOPIC: &str = "task-updates";

fn replicas(auth: &str, count: usize, more: &[(&'static str, &str)]) -> Replicas {
    let mut environment = vec![("USE_DAPR_INVOCATION", "false".to_owned()), ("BETTER_AUTH_URL", auth.to_owned())];
    environment.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let setting = Setting {
        program: env!("CARGO_BIN_EXE_websocket-sync-service"),
        name: "websocket-sync-service",
        listens: vec![TOPIC],
        environment,
        ..Setting::default()
    };
    Replicas::start(&setting, count).unwrap()
}

fn changed(id: &str, user: &str, title: &str) -> Value {
    let task = json!({ "id": "t", "title": title, "completed": false, "version": 1 });
    event(id, "task.updated", "t", &json!({ "task_id": "t", "user_id": user, "task": task }))
}

async fn counted(replicas: &Replicas, line: &str) {
    let until = Instant::now() + LIMIT;
    while !replicas.metrics(0).unwrap().lines().any(|one| one == line) {
        assert!(Instant::now() < until, "{line}\n{}\n{}", replicas.metrics(0).unwrap(), replicas.log(0));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_replica_tells_the_user_s_sessions_and_a_slow_one_holds_up_nobody() {
    let (_auth, address) = Auth::start(&["ana", "bob"]).await;
    let mut replicas = replicas(&address, 2, &[]);
    let mut first = Client::of(replicas.port(0), "ana").await;
    let mut second = Client::of(replicas.port(1), "ana").await;
    let mut other = Client::of(replicas.port(1), "bob").await;

    // What nobody acts on, and what says less than it should, is told to nobody.
    replicas.publish(TOPIC, &event("0", "task.renamed", "t", &json!({ "task_id": "t", "user_id": "ana" })));
    replicas.publish(TOPIC, &event("1", "task.updated", "t", &json!({ "task_id": "t" })));
    for (id, user) in [("2", "ana"), ("3", "bob"), ("4", "ana")] {
        replicas.publish(TOPIC, &changed(id, user, "milk"));
    }
    for client in [&mut first, &mut second] {
        let change = client.change().await;
        assert_eq!(change["data"]["task"]["title"], "milk");
        assert_eq!(
            (&change["event_id"], &change["task_id"], &change["version"]),
            (&json!("2"), &json!("t"), &json!(1))
        );
        assert_eq!(client.change().await["event_id"], "4");
    }
    assert_eq!(other.change().await["event_id"], "3");

    // It reads nothing, and what lies between takes some megabytes before anybody notices.
    let mut slow = Client::of(replicas.port(0), "ana").await;
    let large = "x".repeat(500_000);
    for number in 0..60 {
        replicas.publish(TOPIC, &changed(&format!("large-{number}"), "ana", &large));
        for client in [&mut first, &mut second] {
            assert_eq!(client.change().await["event_id"], format!("large-{number}"));
        }
    }
    counted(&replicas, r#"websocket_closed_total{reason="too-slow"} 1"#).await;
    assert_eq!(slow.closed().await, Some(4000));
    replicas.publish(TOPIC, &changed("5", "bob", "tea"));
    assert_eq!(other.change().await["event_id"], "5");

    // Told to end, it tells its sessions, waits a moment for one that says nothing, and goes.
    drop(slow);
    counted(&replicas, "websocket_sessions 1").await;
    let mut silent = Client::of(replicas.port(0), "ana").await;
    let leaving = tokio::task::spawn_blocking(move || {
        let status = replicas.stop(0).unwrap();
        (status, replicas)
    });
    assert_eq!(first.closed().await, Some(1012));
    let (status, replicas) = leaving.await.unwrap();
    // One that takes too long is killed.
    assert!(status.success(), "{status}\n{}", replicas.log(0));
    assert_eq!(silent.closed().await, Some(1012));
    replicas.publish(TOPIC, &changed("6", "ana", "milk"));
    assert_eq!(second.change().await["event_id"], "6", "the other replica goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_is_a_user_s_who_is_signed_in_and_there() {
    let (auth, address) = Auth::start(&["ana", "bob"]).await;
    let replicas = replicas(&address, 1, &[("WEBSOCKET_HEARTBEAT_MS", "500")]);
    let port = replicas.port(0);
    let ana = ("cookie", "session=ana");
    for (headers, expected) in [
        (vec![], 401),
        (vec![("cookie", "session=eve")], 401),
        (vec![("origin", "https://evil.example"), ana], 403),
        (vec![("origin", "https://evil.example")], 403),
    ] {
        assert_eq!(Client::connect(port, &headers).await.err(), Some(expected), "{headers:?}");
    }
    let own = format!("http://127.0.0.1:{port}");
    assert!(Client::connect(port, &[("origin", own.as_str()), ana]).await.is_ok());

    // One answers pings, one does not.
    let mut there = Client::of(port, "ana").await;
    let mut silent = Client::of(port, "bob").await;
    let Came::Message(beat) = there.next().await else { panic!("no beat") };
    assert_eq!(beat["type"], "beat");
    let signed_out = tokio::spawn(async move { there.closed().await });
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(silent.closed().await, Some(4002));
    assert!(!signed_out.is_finished());
    auth.sign_out("ana");
    assert_eq!(signed_out.await.unwrap(), Some(4001));
}
