//! A sidecar with its scheduler, on Kafka in the prod dialect, in front of an app.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portolan_parts::{Daprd, Kafka, Recorder, Scheduler, Scratch};
use serde_json::json;

const SUBSCRIPTION: &str = "
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: { name: task-events }
spec: { pubsubname: kafka-pubsub, topic: task-events, routes: { default: /events } }
";

fn component(kafka: &Kafka) -> Result<String> {
    let metadata = json!([
        { "name": "brokers", "value": kafka.brokers() },
        { "name": "authType", "value": "password" },
        { "name": "saslUsername", "value": "portolan" },
        { "name": "saslPassword", "value": "secret" },
        { "name": "saslMechanism", "value": "SHA-256" },
        { "name": "caCert", "value": kafka.ca_pem().context("a broker with TLS")? },
        { "name": "initialOffset", "value": "oldest" },
    ]);
    let component = json!({
        "apiVersion": "dapr.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": "kafka-pubsub" },
        "spec": { "type": "pubsub.kafka", "version": "v1", "metadata": metadata },
    });
    Ok(component.to_string())
}

/// One function: the broker is started once.
#[test]
fn a_sidecar_delivers_events_and_jobs_and_ends() -> Result<()> {
    let kafka = Kafka::scram(&[("portolan", "secret")])?;
    kafka.create_topics(&[("task-events", 2)])?;
    let resources = Scratch::new("resources")?;
    resources.write("pubsub.yaml", component(&kafka)?)?;
    resources.write("subscription.yaml", SUBSCRIPTION)?;
    let app = Recorder::start()?;
    let begun = Instant::now();
    let mut scheduler = Scheduler::start()?;
    note("scheduler", begun);
    let begun = Instant::now();
    let builder = Daprd::builder("api-service").resources(resources.path()).app_port(app.port());
    let mut sidecar = builder.namespace("todo").scheduler(&scheduler).start()?;
    note("daprd", begun);

    let metadata = sidecar.metadata()?;
    assert_eq!(metadata["components"][0]["name"], "kafka-pubsub");
    assert_eq!(metadata["subscriptions"][0]["topic"], "task-events");

    let begun = Instant::now();
    sidecar.publish("kafka-pubsub", "task-events", "application/json", br#"{"id":"1"}"#)?;
    let event = app.wait(|request| request.path == "/events", Duration::from_secs(20))?.json()?;
    note("event", begun);
    assert_eq!((&event["data"]["id"], &event["source"]), (&json!("1"), &json!("api-service")));
    assert!(sidecar.publish("no-such-pubsub", "task-events", "application/json", b"{}").is_err());

    let begun = Instant::now();
    let job = br#"{"dueTime":"1s","data":{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"due"}}"#;
    let answer = sidecar.post("/v1.0/jobs/reminder", "application/json", job)?;
    assert_eq!(answer.status, 204, "{}", answer.text());
    app.wait(|request| request.method == "POST" && request.path == "/job/reminder", Duration::from_secs(20))?;
    note("job", begun);

    let pids = [sidecar.process().pid(), scheduler.process().pid()];
    let begun = Instant::now();
    drop((sidecar, scheduler));
    note("end", begun);
    assert!(pids.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists()));
    Ok(())
}

#[test]
fn a_sidecar_that_gives_up_shows_its_log() -> Result<()> {
    let resources = Scratch::new("resources")?;
    let broken = json!({
        "apiVersion": "dapr.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": "store" },
        "spec": { "type": "state.nothing", "version": "v1", "metadata": [] },
    });
    resources.write("store.yaml", broken.to_string())?;
    let refused = Daprd::builder("api-service").resources(resources.path()).start();
    let said = match refused {
        // It may answer that it is ready in the moment before it gives up.
        Ok(mut sidecar) => {
            let deadline = Instant::now() + Duration::from_secs(20);
            while sidecar.process().is_running() {
                ensure!(Instant::now() < deadline, "it goes on without its component:\n{}", sidecar.log());
                thread::sleep(Duration::from_millis(50));
            }
            sidecar.log()
        }
        Err(error) => error.to_string(),
    };
    assert!(said.contains("state.nothing"), "{said}");
    Ok(())
}

/// For whoever runs the test with `--nocapture`.
#[expect(clippy::print_stderr, reason = "a measurement")]
fn note(what: &str, begun: Instant) {
    eprintln!("{what} in {:?}", begun.elapsed());
}
