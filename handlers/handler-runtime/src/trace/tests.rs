//! Spans as they are handed to who sends them, and as they arrive.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Mutex;
use std::time::Instant;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use handler_contract::{Contract, Effects, Event, Handler, Mode, Outcome, Publish, Refusal, Subscription};
use handler_protocol::{Batch, Delivered, Limits, Outgoing, Standing, Verdict};
use opentelemetry::trace::Status;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::SpanData;
use tokio::net::TcpListener;

use super::*;
use crate::perform::{Performed, Unavailable};
use crate::position::{Position, Span};
use crate::relay::Carried;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const BEFORE: &str = "b7ad6b7169203331";
const CANARY: &str = "canary-of-the-payload";

/// Publishes for each event, unless its type says otherwise.
struct Clerk;

impl Handler for Clerk {
    type Key = String;
    type Aggregate = ();
    type Row = Infallible;

    fn contract() -> Contract {
        let mut contract = Contract::of("clerk", vec![Mode::Kafka]);
        contract.subscribes = vec![Subscription::to("work", "/events/work").of_types(&["work", "later"])];
        contract
    }

    fn key(&self, event: &Event) -> Result<String, Refusal> {
        Ok(event.identity.id.clone())
    }

    fn handle(&self, (): &mut (), event: &Event) -> Outcome<Infallible> {
        if event.kind == "later" {
            return Outcome::retry(CANARY, Duration::ZERO);
        }
        Outcome::Done(Effects::none().and(Publish::new("done", "done", "key", &CANARY).unwrap()))
    }
}

/// Folds, and keeps what leaves.
#[derive(Default)]
struct Folding(Mutex<Vec<Outgoing>>);

impl Perform for Folding {
    async fn perform(self: Arc<Self>, batch: Batch, _: Option<Span>) -> Result<Performed, Unavailable> {
        if batch.is_empty() {
            return Err(Unavailable::Database("away".to_owned()));
        }
        let standing = Standing { new: batch.identities::<Clerk>(), attempts: BTreeMap::new() };
        let folded = batch.fold(&Clerk, Limits::default(), &standing, BTreeMap::new(), BTreeMap::new());
        self.0.lock().unwrap().extend(folded.outgoing);
        Ok(Performed { verdicts: folded.verdicts, pushes: Vec::new() })
    }

    async fn begin(&self, places: Vec<Position>) -> Result<Vec<Position>, Unavailable> {
        Ok(places)
    }
}

/// Keeps what it is given, and answers so.
struct Carriage(Carried, Arc<Mutex<Vec<Outgoing>>>);

impl Carrier for Carriage {
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        self.1.lock().unwrap().extend_from_slice(rows);
        rows.iter().map(|_| self.0.clone()).collect()
    }
}

#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Memory {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

impl Memory {
    fn traces(&self) -> Traces {
        Traces::to(self.clone(), &Environment::from([]), "clerk")
    }

    /// All spans, by name, once they have been sent.
    async fn spans(&self, traces: Traces) -> Vec<SpanData> {
        traces.flush().await;
        let mut spans = self.0.lock().unwrap().clone();
        spans.sort_by_key(|span| span.name.clone());
        spans
    }
}

fn event(id: &str, kind: &str, more: &str) -> Delivered {
    let text = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"{kind}","subject":"{CANARY}","data":"{CANARY}"{more}}}"#
    );
    Delivered::Event(Event::from_json(text.as_bytes(), "work").unwrap())
}

fn traced(id: &str) -> Delivered {
    event(id, "work", &format!(r#","traceparent":"00-{TRACE}-{BEFORE}-01","tracestate":"a=b""#))
}

fn attribute(span: &SpanData, name: &str) -> Option<String> {
    span.attributes.iter().find(|attribute| attribute.key.as_str() == name).map(|found| found.value.to_string())
}

async fn performed(traces: &Traces, events: Vec<Delivered>) -> (Vec<Verdict>, Vec<Outgoing>) {
    let folding = Arc::new(Folding::default());
    let performed = traces.performing(Arc::clone(&folding)).perform(Batch::new(events), None).await;
    let leaves = std::mem::take(&mut *folding.0.lock().unwrap());
    (performed.unwrap().verdicts, leaves)
}

#[tokio::test]
async fn an_event_its_effects_and_what_leaves_are_one_trace() {
    let memory = Memory::default();
    let traces = memory.traces();
    let (_, leaves) = performed(&traces, vec![traced("1")]).await;
    let carried = Arc::default();
    traces.carrying(Carriage(Carried::Delivered, Arc::clone(&carried))).carry(&leaves).await;
    let left = carried.lock().unwrap()[0].clone();
    let spans = memory.spans(traces).await;
    let [handled, sent] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((handled.name.as_ref(), sent.name.as_ref()), ("process work", "send done"));
    assert_eq!(handled.parent_span_id.to_string(), BEFORE);
    assert_eq!(sent.parent_span_id, handled.span_context.span_id());
    assert_eq!(left.traceparent, Some(format!("00-{TRACE}-{}-01", sent.span_context.span_id())));
    assert_eq!(left.tracestate.as_deref(), Some("a=b"));
    assert_eq!(attribute(handled, "portolan.outcome").as_deref(), Some("done"));
    assert!(!format!("{spans:?}").contains(CANARY), "{spans:?}");
}

#[tokio::test]
async fn a_batch_names_the_traces_of_its_events_and_each_event_has_its_own() {
    let memory = Memory::default();
    let traces = memory.traces();
    let (_, leaves) = performed(&traces, vec![traced("1"), event("2", "work", ""), event("3", "later", "")]).await;
    let spans = memory.spans(traces).await;
    let (batches, events): (Vec<_>, Vec<_>) =
        spans.iter().partition(|span| attribute(span, "messaging.batch.message_count").is_some());
    let [batch] = &batches[..] else { panic!("{spans:?}") };
    let links = |span: &SpanData| -> Vec<String> {
        span.links.links.iter().map(|link| link.span_context.trace_id().to_string()).collect()
    };
    assert_eq!(links(batch), [TRACE]);
    assert_eq!(events.len(), 3);
    for (event, outcome) in [("1", "done"), ("2", "done"), ("3", "retry")] {
        let span = events.iter().find(|span| attribute(span, "messaging.message.id").as_deref() == Some(event));
        let span = span.unwrap();
        assert_eq!(attribute(span, "portolan.outcome").as_deref(), Some(outcome));
        assert_eq!(links(span), [batch.span_context.trace_id().to_string()]);
        assert_eq!(span.status == Status::error(""), outcome == "retry");
    }
    let left: Vec<_> = leaves.iter().map(|row| row.traceparent.clone().unwrap()).collect();
    assert!(left[0].contains(TRACE) && !left[1].contains(TRACE), "{left:?}");
    assert!(!format!("{spans:?}").contains(CANARY), "{spans:?}");
}

#[tokio::test]
async fn where_nothing_is_done_nobody_is_told() {
    let memory = Memory::default();
    let traces = memory.traces();
    let (verdicts, _) = performed(&traces, vec![event("1", "holiday", "")]).await;
    assert_eq!(verdicts, [Verdict::Ignored]);
    let (_, leaves) = performed(&Traces::default(), vec![traced("2")]).await;
    traces.carrying(Carriage(Carried::Later(String::new()), Arc::default())).carry(&leaves).await;
    let spans = memory.spans(traces).await;
    assert!(spans.is_empty(), "{spans:?}");
}

#[tokio::test]
async fn what_nobody_traces_passes_through_as_it_came() {
    let (_, leaves) = performed(&Traces::default(), vec![traced("1")]).await;
    let told = (leaves[0].traceparent.as_deref(), leaves[0].tracestate.as_deref());
    assert_eq!(told, (Some(format!("00-{TRACE}-{BEFORE}-01").as_str()), Some("a=b")));
}

#[tokio::test]
async fn a_request_continues_its_trace_and_tells_its_span() {
    let memory = Memory::default();
    let traces = memory.traces();
    let echo = |headers: HeaderMap| async move { of_headers(&headers).unwrap().parent };
    let routes = Router::new().route("/tasks/{id}", get(echo));
    let routes = routes.route("/broken", get(|| async { StatusCode::BAD_GATEWAY }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, traces.around(routes)).into_future());
    let client = reqwest::Client::new();
    let request = client.get(format!("http://{address}/tasks/{CANARY}?token={CANARY}"));
    let request = request.header("traceparent", format!("00-{TRACE}-{BEFORE}-01"));
    let told = request.send().await.unwrap().text().await.unwrap();
    client.get(format!("http://{address}/broken")).send().await.unwrap();
    let spans = memory.spans(traces).await;
    let [broken, read] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((read.name.as_ref(), read.parent_span_id.to_string().as_str()), ("GET /tasks/{id}", BEFORE));
    assert_eq!(told, format!("00-{TRACE}-{}-01", read.span_context.span_id()));
    assert_eq!((broken.status.clone(), broken.name.as_ref()), (Status::error(""), "GET /broken"));
    assert!(!format!("{spans:?}").contains(CANARY), "{spans:?}");
}

#[tokio::test]
async fn a_receiver_may_speak_http() {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    let take = move |body: Bytes| async move { kept.lock().unwrap().extend_from_slice(&body) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().route("/v1/traces", post(take))).into_future());
    let traces = to_receiver(&address, "http/protobuf");
    performed(&traces, vec![traced("event-1")]).await;
    traces.flush().await;
    let bytes = bodies.lock().unwrap().clone();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("process work") && holds("event-1") && holds("clerk"));
    assert!(!holds(CANARY));
}

fn to_receiver(address: &str, protocol: &str) -> Traces {
    let told = [("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
    let mut problems = Problems::default();
    let traces = Traces::read(&Environment::from(told), "clerk", &mut problems);
    problems.into_result().unwrap();
    traces
}

/// One that takes connections and never answers holds up more than one that refuses them.
#[tokio::test]
async fn a_receiver_that_is_away_or_silent_hinders_nobody() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refuses = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, protocol) in
        [(silent.local_addr().unwrap(), "grpc"), (refuses, "grpc"), (silent.local_addr().unwrap(), "http/protobuf")]
    {
        let traces = to_receiver(&format!("http://{address}"), protocol);
        let begun = Instant::now();
        for round in 0..10 {
            let events = (0..500).map(|n| traced(&format!("{round}-{n}"))).collect();
            let (verdicts, leaves) = performed(&traces, events).await;
            assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Done));
            assert_eq!(leaves.len(), 500);
        }
        let handled = begun.elapsed();
        assert!(handled < Duration::from_secs(5), "{handled:?}");
        let delivery = Arc::clone(&traces.0.as_ref().unwrap().delivery);
        let flushing = Instant::now();
        traces.flush().await;
        let flushed = flushing.elapsed();
        assert!(flushed < FLUSHING + Duration::from_secs(2), "{flushed:?}");
        assert_eq!(delivery.lost(), 5010, "events and batches");
    }
}
