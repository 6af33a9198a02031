//! What every way to run a handler promises of traces.

use opentelemetry_proto::tonic::trace::v1::Span;
use rdkafka::Message;
use serde_json::{Value, json};

use crate::cases::{Case, load, run_all, settled};
use crate::collector::hex;
use crate::dapr::TOKEN;
use crate::world::{Transport, World, event};

/// What no span tells of: it is in payloads and in a header of every request to the receiver.
pub(crate) const CANARY: &str = "canary-0451";

/// All cases, one after the other.
pub(crate) fn run<T: Transport>(world: &World<T>) {
    let cases: &[Case<T>] = &[
        ("a trace goes on from what publishes to what handles and what is published then", continued),
        ("what a process has left in its outbox goes on in its trace when another one sends it", relayed),
        ("an invocation is part of its event's trace", invoked),
        ("a receiver of traces that is away hinders nobody", away),
        ("no secret and no payload is in a span or in the log", secrets),
    ];
    run_all(world, cases);
}

/// An event in a trace, with the span that published it.
pub(crate) fn traced(page: &str, id: &str, task: &Value, traceparent: &str) -> String {
    let mut event = event(page, id, "work", task);
    event["data"]["canary"] = json!(CANARY);
    event["traceparent"] = json!(traceparent);
    event["tracestate"] = json!("suite=1");
    event.to_string()
}

/// The event that has left for the one that caused it.
fn done<T: Transport>(world: &World<T>, id: &str) -> Value {
    world.wait(&format!("{id} has left"), || {
        let events = world.broker.read("done").into_iter();
        let mut events = events.filter_map(|message| serde_json::from_slice::<Value>(message.payload()?).ok());
        events.find(|event| event["data"] == id)
    })
}

/// The one span of that name, once it has come.
fn span<T: Transport>(world: &World<T>, trace: &str, name: &str, parent: Option<&str>) -> Span {
    world.wait(&format!("the span `{name}` of {trace} under {parent:?}"), || {
        let is = |span: &Span| span.name == name && parent.is_none_or(|parent| hex(&span.parent_span_id) == parent);
        let spans: Vec<Span> = world.parts.collector.trace(trace).into_iter().filter(is).collect();
        assert!(spans.len() < 2, "{spans:?}");
        spans.into_iter().next()
    })
}

fn continued<T: Transport>(world: &World<T>) {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let mut before = "00f067aa0ba902b7".to_owned();
    for id in ["traced-1", "traced-2"] {
        let event = traced("traced", id, &json!({ "do": "publish" }), &format!("00-{trace}-{before}-01"));
        world.broker.publish("work", "traced", &event);
        let done = done(world, id);
        let handled = span(world, trace, "process work", Some(&before));
        let sent = span(world, trace, "send done", Some(&hex(&handled.span_id)));
        // What is published names the span that sent it: the next to handle it goes on from there.
        before = hex(&sent.span_id);
        assert_eq!(done["traceparent"], format!("00-{trace}-{before}-01"));
        assert_eq!(done["tracestate"], "suite=1");
        assert_eq!((handled.trace_state.as_str(), sent.trace_state.as_str()), ("suite=1", "suite=1"));
    }
    world.expect("traced", &["traced-1", "traced-2"]);
}

/// The trace of what is stored when its process ends: `ending` sends it.
pub(crate) const STORED: &str = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn relayed<T: Transport>(world: &World<T>) {
    let trace = &STORED[3..35];
    let sent = span(world, trace, "send done", None);
    assert_eq!(done(world, "stored-1")["traceparent"], format!("00-{trace}-{}-01", hex(&sent.span_id)));
    assert_ne!(hex(&sent.parent_span_id), STORED[36..52], "the span of the process that ended is between");
}

fn invoked<T: Transport>(world: &World<T>) {
    let (trace, before) = ("6bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let event = traced(
        "invoked",
        "invoked-1",
        &json!({ "do": "invoke", "method": "traced" }),
        &format!("00-{trace}-{before}-01"),
    );
    world.broker.publish("work", "invoked", &event);
    let handled = span(world, trace, "process work", Some(before));
    span(world, trace, "invoke other", Some(&hex(&handled.span_id)));
    let requests = world.parts.other.requests();
    let request = requests.iter().find(|request| request.path == "/traced").unwrap();
    let told = request.headers.iter().find(|(name, _)| name == "traceparent").map(|(_, told)| told.as_str());
    // A sidecar makes a span of its own for the request that it passes on.
    assert!(told.is_some_and(|told| told.contains(trace)), "{told:?}");
}

fn away<T: Transport>(world: &World<T>) {
    world.parts.collector.go_away();
    settled(world, &load(world, "untold", 5000));
    world.restart();
    settled(world, &load(world, "told-nobody", 1000));
    world.parts.collector.come_back();
    let trace = "7bf92f3577b34da6a3ce929d0e0e4736";
    let event =
        traced("told-again", "told-again-1", &json!({ "do": "write" }), &format!("00-{trace}-00f067aa0ba902b7-01"));
    world.broker.publish("work", "told-again", &event);
    world.expect("told-again", &["told-again-1"]);
    span(world, trace, "process work", None);
}

fn secrets<T: Transport>(world: &World<T>) {
    assert!(world.parts.collector.holds("process work"));
    for secret in [CANARY, TOKEN] {
        assert!(!world.parts.collector.holds(secret), "{secret} is in a span");
        assert!(!world.whole_log().contains(secret), "{secret} is in the log");
    }
}
