//! Promise: what is found wrong with a component's topic scopes or its session is what a real sidecar refuses, and what is
//! found right it does.

mod support;

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use portolan_parts::{Daprd, Recorder, Scratch};
use serde_json::{Value, json};
use support::{both, portolan_unchecked};

/// Lists in the metadata of a bus, and whether app `shop` may publish to `orders` with them.
const LISTS: [(&[(&str, &str)], bool); 8] = [
    (&[("publishingScopes", "shop=returns")], false),
    (&[("publishingScopes", "shop = orders ; other=returns")], true),
    (&[("publishingScopes", "other=returns")], true),
    (&[("PUBLISHINGSCOPES", "shop=")], false),
    (&[("publishingScopes", "shop:returns")], true),
    (&[("allowedTopics", "returns")], false),
    (&[("protectedTopics", "orders")], false),
    (&[("protectedTopics", "orders"), ("publishingScopes", "shop=orders")], true),
];
/// Lets the app publish, and not its dead letters.
const WITHOUT_DEAD_LETTERS: &[(&str, &str)] = &[("publishingScopes", "shop=orders")];
/// Heartbeats of a Kafka component with a session of ten seconds, and whether they fit.
const HEARTBEATS: [(&str, bool); 2] = [("10s", false), ("3s", true)];
const SAID_OF_HEARTBEATS: &str = "Heartbeat.Interval must be < Consumer.Group.Session.Timeout";
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn topic_scopes_and_heartbeats() -> Result<()> {
    let scratch = Scratch::new("refused")?;
    fs::create_dir(scratch.join("resources"))?;
    let write = |name: &str, object: &Value| scratch.write(&format!("resources/{name}.yaml"), object.to_string());
    for (number, (lists, _)) in LISTS.iter().enumerate() {
        write(&format!("bus-{number}"), &component(&format!("bus-{number}"), "pubsub.in-memory", lists))?;
    }
    write("letters", &component("letters", "pubsub.in-memory", WITHOUT_DEAD_LETTERS))?;
    write("subscription", &subscription())?;
    for (heartbeat, _) in HEARTBEATS {
        let name = format!("kafka-{heartbeat}");
        write(&name, &component(&name, "pubsub.kafka", &kafka(heartbeat)))?;
    }
    let app = Recorder::start()?;
    app.answer("POST", "/events/orders", 500, "text/plain", b"no");
    let resources = scratch.join("resources");
    let sidecar = Daprd::builder("shop").resources(&resources).app_port(app.port()).patience(PATIENCE).start()?;

    for (number, (lists, allowed)) in LISTS.iter().enumerate() {
        let status = sidecar.post(&format!("/v1.0/publish/bus-{number}/orders"), "application/json", b"{}")?.status;
        ensure!(status == if *allowed { 204 } else { 403 }, "{lists:?}: {status}");
        let services = "services: { shop: { publishes: [orders] } }\n";
        ensure!(finds("P209", "pubsub.in-memory", lists, services)? != *allowed, "{lists:?} are found otherwise");
    }
    sidecar.publish("letters", "orders", "application/json", b"{}")?;
    wait_for(&sidecar, "error sending message to dead letter")?;
    let services = "services: { shop: { subscribes: { orders: }, publishes: [orders] } }\n";
    ensure!(finds("P209", "pubsub.in-memory", WITHOUT_DEAD_LETTERS, services)?, "dead letters are not looked after");
    for (heartbeat, fits) in HEARTBEATS {
        let log = sidecar.log();
        let begins = format!("Failed to init component kafka-{heartbeat} ");
        let said = log.lines().find(|line| line.contains(&begins)).context("nothing listens there")?;
        ensure!(said.contains(SAID_OF_HEARTBEATS) != fits, "{heartbeat}: {said}");
        let services = "services: { shop: { subscribes: { orders: } } }\n";
        ensure!(finds("P414", "pubsub.kafka", &kafka(heartbeat), services)? != fits, "{heartbeat} is found otherwise");
    }
    Ok(())
}

fn kafka(heartbeat: &str) -> [(&str, &str); 3] {
    [("brokers", "127.0.0.1:1"), ("authType", "none"), ("heartbeatInterval", heartbeat)]
}

fn component(name: &str, kind: &str, metadata: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = metadata.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "apiVersion": "dapr.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": name },
        "spec": { "type": kind, "version": "v1", "ignoreErrors": true, "initTimeout": "3s", "metadata": items },
    })
}

fn subscription() -> Value {
    json!({
        "apiVersion": "dapr.io/v2alpha1",
        "kind": "Subscription",
        "metadata": { "name": "letters" },
        "spec": {
            "pubsubname": "letters",
            "topic": "orders",
            "routes": { "default": "/events/orders" },
            "deadLetterTopic": "orders.dlq",
        },
    })
}

/// Whether portolan finds that code in a stack with such a bus.
fn finds(code: &str, kind: &str, metadata: &[(&str, &str)], services: &str) -> Result<bool> {
    let project = Scratch::new("found")?;
    fs::create_dir_all(project.join("infra/environments"))?;
    let metadata: serde_json::Map<String, Value> =
        metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let components = json!({ "bus": { "type": kind, "metadata": metadata, "brokers": ["127.0.0.1:1"] } });
    let text = format!("portolan: v1\nstack: shop\ntopics: {{ orders: }}\ncomponents: {components}\n{services}");
    project.write("infra/stack.yaml", text)?;
    project.write("infra/environments/prod.yaml", "environment: prod\n")?;
    let output = portolan_unchecked(project.path(), &["check", "prod"])?;
    let said = both(&output);
    ensure!(said.contains("prod: "), "it was not checked: {said}");
    Ok(said.contains(&format!("[{code}]")))
}

fn wait_for(sidecar: &Daprd, said: &str) -> Result<()> {
    let begun = Instant::now();
    while !sidecar.log().contains(said) {
        ensure!(begun.elapsed() < PATIENCE, "the sidecar does not say `{said}`:\n{}", sidecar.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
