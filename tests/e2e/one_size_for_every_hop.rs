//! Promise: `maxMessage` of a topic is one size for every hop. With 10 MB, an event of 9.9 MB passes the publisher's sidecar,
//! Kafka and the subscriber's sidecar, one by one and in bulk, and arrives whole; one of 10.1 MB is refused where it
//! enters, with one clear message. Each limit is the rendered one.

mod reference;
mod support;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use portolan_parts::{Kafka, Postgres, Recorder};
use reference::{PATIENCE, Project, value};
use serde_json::{Value, json};

const MEGABYTE: usize = 1_000_000;
const TOPICS: [&str; 8] = [
    "task-events",
    "task-updates",
    "task-commands",
    "reminders",
    "task-events.dlq",
    "task-updates.dlq",
    "task-commands.dlq",
    "reminders.dlq",
];
const ROUTE: &str = "/events/task-events";
/// One service takes events one by one, the other several at once.
const SERVICES: [&str; 3] = ["api-service", "notification-service", "audit-service"];
const SIZES: &str = "
topics: { task-events: { maxMessage: 10MB } }
services:
  audit-service: { subscribes: { task-events: { bulk: { maxMessages: 3, maxAwait: 2s } } } }
";

#[test]
fn what_the_first_hop_takes_arrives_whole_and_what_is_larger_is_refused_there() -> Result<()> {
    let kafka = Kafka::plaintext()?;
    let postgres = Postgres::start()?;
    let secrets = json!({ "backend-secrets": { "DATABASE_URL": postgres.create_database("todo")? } });
    let project = Project::new("local", "todo-app-dev", &secrets, |text| format!("{text}{SIZES}"))?
        .replace("kafka-cluster-kafka-bootstrap.default.svc.cluster.local:9092", kafka.brokers());
    for topic in TOPICS {
        let rendered = project.read(&format!("infra/manifests/local/kafka-topic-{topic}.yaml"))?;
        let partitions = value(&rendered, "  partitions: ")?.parse()?;
        kafka.create_topic(
            topic,
            partitions,
            &[("max.message.bytes", value(&rendered, "    max.message.bytes: ")?)],
        )?;
    }
    let sidecars = project.start(&SERVICES)?;
    let (publisher, _) = sidecars.get("api-service")?;
    sidecars.get("audit-service")?.1.take_bulks(ROUTE);

    let text = |megabytes_tenths: usize| json!({ "text": "x".repeat(megabytes_tenths * MEGABYTE / 10) }).to_string();
    // JSON in an envelope of Dapr's, several to fill a bulk; then bytes, which become base64 and grow by a third.
    for _ in 0..3 {
        publisher.publish("kafka-pubsub", "task-events", "application/json", text(99).as_bytes())?;
    }
    let bytes: Vec<u8> = (0..10 * MEGABYTE).map(|place| u8::try_from(place % 251).unwrap_or_default()).collect();
    publisher.publish("kafka-pubsub", "task-events", "application/octet-stream", &bytes)?;
    let own = json!({
        "specversion": "1.0", "id": "own", "source": "api-service", "type": "task.created",
        "datacontenttype": "application/json", "data": { "text": "x".repeat(99 * MEGABYTE / 10) },
    });
    publisher.publish("kafka-pubsub", "task-events", "application/cloudevents+json", own.to_string().as_bytes())?;

    for service in &SERVICES[1..] {
        let (sidecar, app) = sidecars.get(service)?;
        let largest: usize = value(&project.values(service)?, "  PORTOLAN_MAX_BODY: ")?.trim_matches('"').parse()?;
        let events = events(app, 5).with_context(|| format!("{service}: {}", sidecar.log()))?;
        let with = |wanted: &dyn Fn(&Value) -> bool| events.iter().filter(|event| wanted(event)).count();
        assert_eq!(with(&|event| event["data"] == own["data"]), 4, "JSON at {service}");
        assert_eq!(with(&|event| event["data_base64"].as_str().is_some_and(|text| text.len() > 13 * MEGABYTE)), 1);
        let bodies =
            app.requests().into_iter().filter(|request| request.path == ROUTE).map(|request| request.body.len());
        let body = bodies.max().context("a body")?;
        ensure!(body <= largest, "{service} is told of {largest} bytes and gets {body}");
    }

    let refused = |topic: &str, body: &str| {
        publisher.post(&format!("/v1.0/publish/kafka-pubsub/{topic}"), "application/json", body.as_bytes())
    };
    let answer = refused("task-events", &text(101))?;
    ensure!(answer.status == 500 && answer.text().contains("stream too large"), "{} {}", answer.status, answer.text());
    // A topic with a smaller size of its own is guarded by the broker.
    let answer = refused("reminders", &text(30))?;
    ensure!(
        answer.status == 500 && answer.text().contains("Message was too large"),
        "{} {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

/// The events that an app has got, when there are so many different ones.
fn events(app: &Recorder, wanted: usize) -> Result<Vec<Value>> {
    let all = || -> Result<Vec<Value>> {
        let mut events = Vec::new();
        for request in app.requests().iter().filter(|request| request.path == ROUTE) {
            let body = request.json()?;
            match body["entries"].as_array() {
                Some(entries) => events.extend(entries.iter().map(|entry| entry["event"].clone())),
                None => events.push(body),
            }
        }
        // A bulk that is not answered in time comes again.
        events.sort_by_key(|event| event["id"].to_string());
        events.dedup_by_key(|event| event["id"].to_string());
        Ok(events)
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let events = all()?;
        if events.len() >= wanted {
            return Ok(events);
        }
        ensure!(Instant::now() < deadline, "{} of {wanted} events", events.len());
        thread::sleep(Duration::from_millis(500));
    }
}
