//! What the subject answers to who posts to it: each answer that Dapr would take for "drop it" or "done" has to be meant.

use std::time::{Duration, Instant};

use portolan_parts::http;
use serde_json::{Value, json};

use crate::dapr::{Dapr, TOKEN};
use crate::world::{LARGEST, Transport, World, event};

type Behind = World<Dapr<false>>;

const SINGLE: &str = "application/cloudevents+json";

/// An event by a route that the code does not have comes again, and is not dropped. It is the last that comes: it stays.
pub(crate) fn unknown_route_keeps_its_event<const BULK: bool>(world: &World<Dapr<BULK>>) {
    let event = event("version", "version-1", "of-another-version", &json!({ "do": "write" }));
    world.broker.publish("work", "version", &event.to_string());
    world.wait("it has come twice", || (world.log().matches("/events/of-another-version").count() > 1).then_some(()));
    assert!(!world.dead_letters().iter().any(|letter| String::from_utf8_lossy(&letter.message).contains("version-1")));
}

/// All of them, on one world.
pub(crate) fn run(world: &Behind) {
    let events = [only_with_the_token, whatever_its_size, each_entry, of_a_binding, an_unknown_route];
    let others = [a_job_that_is_due, no_job_of_ours, the_database_is_away, ready, leaves_in_its_time];
    for case in events.into_iter().chain(others) {
        case(world);
    }
}

fn post(world: &Behind, path: &str, kind: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let headers: Vec<(&str, &str)> = headers.iter().copied().chain([("content-type", kind)]).collect();
    let answer = http::send(world.parts.port.number(), "POST", path, &headers, body.as_bytes()).unwrap();
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

fn known(world: &Behind, path: &str, kind: &str, body: &Value) -> (u16, Value) {
    post(world, path, kind, &[("dapr-api-token", TOKEN)], &body.to_string())
}

fn write(page: &str, id: &str) -> Value {
    event(page, id, "work", &json!({ "do": "write" }))
}

fn only_with_the_token(world: &Behind) {
    let body = write("token", "token-1").to_string();
    for headers in [&[][..], &[("dapr-api-token", "another")]] {
        assert_eq!(post(world, "/events/work", SINGLE, headers, &body).0, 401);
    }
    assert_eq!(world.page("token"), []);
    assert_eq!(known(world, "/events/work", SINGLE, &write("token", "token-1")).0, 200);
    world.expect("token", &["token-1"]);
}

/// What 404 would have Dapr's scheduler forget comes again instead.
fn a_job_that_is_due(world: &Behind) {
    let due = |job: &str, task: Value| json!({ "job": { "name": job, "due": "2026-01-02T03:04:05.6Z", "data": task } });
    let task = due("job-port", json!({ "do": "write" }));
    assert_eq!(post(world, "/job/job-port", "application/json", &[], &task.to_string()).0, 401);
    assert_eq!(world.page("job-port"), []);
    for _ in 0..2 {
        assert_eq!(known(world, "/job/job-port", "application/json", &task).0, 200);
    }
    world.expect("job-port", &["job-port@2026-01-02T03:04:05.6Z"]);
    let again = due("job-again", json!({ "do": "await", "file": "/none" }));
    assert_eq!(known(world, "/job/job-again", "application/json", &again).0, 503);
}

/// It is said to be done, so that it does not come for ever, and it is kept.
fn no_job_of_ours(world: &Behind) {
    assert_eq!(known(world, "/job/job-foreign", "application/json", &json!({ "of": "somebody else" })).0, 200);
    let rows = "SELECT failed FROM subject.portolan_outbox WHERE outgoing LIKE '%somebody else%'";
    let reason = world.wait("it is set aside", || Some(world.sql(rows)).filter(|reason| !reason.is_empty()));
    assert!(reason.contains("no job of this runtime"), "{reason}");
}

/// The server's own limit of 2 MB would refuse it for ever. More than the largest request of the sidecar is refused.
fn whatever_its_size(world: &Behind) {
    let mut large = write("large", "large-1");
    large["data"]["padding"] = json!("x".repeat(5 * 1024 * 1024));
    assert_eq!(known(world, "/events/work", SINGLE, &large).0, 200);
    world.expect("large", &["large-1"]);
    large["data"]["padding"] = json!("x".repeat(LARGEST));
    assert_eq!(known(world, "/events/work", SINGLE, &large).0, 413);
}

fn each_entry(world: &Behind) {
    let retry = event("bulk-b", "bulk-2", "work", &json!({ "do": "retry" }));
    let entries = [("a", write("bulk-a", "bulk-1")), ("b", retry), ("c", write("bulk-b", "bulk-3"))];
    let entries = entries.map(|(id, event)| json!({ "entryId": id, "event": event, "metadata": null }));
    let body = json!({ "id": "1", "type": "com.dapr.event.bulk", "topic": "work", "entries": entries });
    let (status, answer) = known(world, "/events/work", "application/json", &body);
    let told = [("a", "SUCCESS"), ("b", "RETRY"), ("c", "RETRY")];
    let told = told.map(|(id, status)| json!({ "entryId": id, "status": status }));
    assert_eq!((status, answer), (200, json!({ "statuses": told })));
    world.expect("bulk-a", &["bulk-1"]);
    assert_eq!(world.page("bulk-b"), []);
}

/// What a binding brings, from a queue, is taken out of it whatever the answer says, if only its status is 200.
fn of_a_binding(world: &Behind) {
    let bring = |event: &Value| known(world, "/events/work", "application/json", event).0;
    let again = event("binding", "binding-1", "work", &json!({ "do": "await", "file": "/none" }));
    assert_eq!((bring(&again), bring(&write("binding", "binding-2"))), (503, 200));
    world.expect("binding", &["binding-2"]);
}

/// 404 would drop the event.
fn an_unknown_route(world: &Behind) {
    assert_eq!(known(world, "/events/of-another-version", SINGLE, &write("unknown", "unknown-1")).0, 503);
    let bulk = [("pubsubname", "bus")];
    assert_eq!(post(world, "/events/of-another-version", "application/json", &bulk, "{}").0, 503);
    assert_eq!(post(world, "/elsewhere", "application/json", &[], "{}").0, 404);
    let subscribed = http::get(world.parts.port.number(), "/dapr/subscribe").unwrap();
    assert_eq!((subscribed.status, subscribed.text().as_str()), (200, "[]"));
}

fn the_database_is_away(world: &Behind) {
    world.parts.postgres.borrow_mut().process().stop().unwrap();
    assert_eq!(known(world, "/events/work", SINGLE, &write("away", "away-1")).0, 503);
    assert_eq!(http::get(world.parts.port.number(), "/readyz").unwrap().status, 503);
    world.parts.postgres.borrow_mut().restart().unwrap();
    world.wait("it is handled", || {
        (known(world, "/events/work", SINGLE, &write("away", "away-1")).0 == 200).then_some(())
    });
    world.expect("away", &["away-1"]);
}

/// Ready is who reaches its database and has a sidecar with its components.
fn ready(world: &Behind) {
    let status = || http::get(world.parts.port.number(), "/readyz").unwrap();
    assert_eq!(status().status, 200, "{}", status().text());
    world.transport.leave();
    assert_eq!(status().status, 503);
    world.transport.accompany(&world.parts);
    assert_eq!(status().status, 200, "{}", status().text());
}

/// With an outbox that it cannot even read. It is the last case: nothing is there afterwards.
fn leaves_in_its_time(world: &Behind) {
    world.parts.postgres.borrow_mut().process().stop().unwrap();
    let begun = Instant::now();
    let status = world.leave(Duration::from_secs(30));
    assert!(status.is_some_and(|status| status.success()), "{status:?}\n{}", world.log());
    assert!(begun.elapsed() > Duration::from_secs(20), "it has tried");
}
