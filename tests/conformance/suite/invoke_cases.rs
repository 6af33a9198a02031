//! What every way to run a handler promises of the services that it invokes.

use std::collections::BTreeSet;

use portolan_parts::Request;
use serde_json::{Value, json};

use crate::cases::{Case, run_all, write};
use crate::world::{Transport, World, event};

/// All cases, one after the other.
pub(crate) fn run<T: Transport>(world: &World<T>) {
    let cases: &[Case<T>] = &[
        ("an invocation arrives once for each event, with its key and its trace", arrives),
        ("one that is not taken is repeated under its key, and the next of its page waits", repeated),
        ("one that will never be taken is set aside, and its page goes on", refused),
        ("crashes lose no invocation", crashes),
    ];
    run_all(world, cases);
}

fn invoke(method: &str) -> Value {
    json!({ "do": "invoke", "method": method })
}

/// Requests for a method, in the order in which they came.
fn requests<T: Transport>(world: &World<T>, method: &str) -> Vec<Request> {
    let path = format!("/{method}");
    world.parts.other.requests().into_iter().filter(|request| request.path == path).collect()
}

fn wait<T: Transport>(world: &World<T>, method: &str, count: usize) -> Vec<Request> {
    world.wait(&format!("{method} is invoked {count} times"), || {
        Some(requests(world, method)).filter(|requests| requests.len() >= count)
    })
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn key(request: &Request) -> String {
    header(request, "idempotency-key").to_owned()
}

fn arrives<T: Transport>(world: &World<T>) {
    let mut first = event("invokes", "inv-1", "work", &invoke("orders"));
    first["traceparent"] = json!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let second = event("invokes", "inv-2", "work", &invoke("orders"));
    for event in [&first, &second, &first] {
        world.broker.publish("work", "invokes", &event.to_string());
    }
    world.send("invokes", "inv-3", &write());
    world.expect("invokes", &["inv-1", "inv-2", "inv-3"]);
    let requests = wait(world, "orders", 2);
    let told: Vec<_> = requests.iter().map(|one| (one.method.as_str(), one.json().unwrap())).collect();
    assert_eq!(told, [("POST", json!("inv-1")), ("POST", json!("inv-2"))]);
    assert!(header(&requests[0], "traceparent").contains("0af7651916cd43dd8448eb211c80319c"), "{requests:?}");
    assert_eq!(header(&requests[0], "content-type"), "application/json");
    let keys: BTreeSet<String> = requests.iter().map(key).collect();
    assert!(keys.len() == 2 && keys.iter().all(|key| key.len() == 36), "{keys:?}");
}

fn repeated<T: Transport>(world: &World<T>) {
    world.parts.other.answer("POST", "/busy", 503, "text/plain", b"");
    world.send("busy", "busy-1", &invoke("busy"));
    world.send("busy", "busy-2", &invoke("busy"));
    wait(world, "busy", 2);
    world.parts.other.answer("POST", "/busy", 200, "text/plain", b"");
    let requests = world.wait("the second is taken", || {
        Some(requests(world, "busy")).filter(|all| all.iter().any(|one| one.json().unwrap() == "busy-2"))
    });
    let (last, before) = requests.split_last().unwrap();
    assert_eq!(last.json().unwrap(), "busy-2");
    let keys: BTreeSet<String> = before.iter().map(key).collect();
    assert!(keys.len() == 1 && !keys.contains(&key(last)), "{keys:?}");
}

fn refused<T: Transport>(world: &World<T>) {
    world.parts.other.answer("POST", "/closed", 422, "text/plain", b"");
    world.send("closed", "closed-1", &invoke("closed"));
    world.send("closed", "closed-2", &invoke("open"));
    wait(world, "open", 1);
    let rows = "SELECT failed FROM subject.portolan_outbox WHERE failed LIKE '%other/closed%'";
    let reason = world.wait("it is set aside", || Some(world.sql(rows)).filter(|reason| !reason.is_empty()));
    assert_eq!(reason.trim(), "POST other/closed answered 422");
    assert_eq!(requests(world, "closed").len(), 1);
    world.sql("DELETE FROM subject.portolan_outbox WHERE failed IS NOT NULL");
}

/// What is repeated has the key of its first time.
fn crashes<T: Transport>(world: &World<T>) {
    for n in 0..200 {
        let page = format!("inv-crash-{}", n % 10);
        world.broker.enqueue(
            "work",
            &page,
            &event(&page, &format!("{page}-{n}"), "work", &invoke("crash")).to_string(),
        );
        if n % 100 == 50 {
            world.broker.flush();
            world.wait("some have left", || (!requests(world, "crash").is_empty()).then_some(()));
            world.crash();
        }
    }
    world.broker.flush();
    let told = |request: &Request| (request.json().unwrap().to_string(), key(request));
    let all = world.wait("all have arrived", || {
        let told: BTreeSet<_> = requests(world, "crash").iter().map(told).collect();
        (told.len() >= 200).then_some(told)
    });
    let events: BTreeSet<_> = all.iter().map(|(event, _)| event).collect();
    assert_eq!((events.len(), all.len()), (200, 200), "an event has two keys");
}
