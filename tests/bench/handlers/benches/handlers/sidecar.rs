//! audit-service behind a sidecar, against an empty handler on the same sidecar and against the plain way.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portolan_parts::{Daprd, Port, http};
use serde_json::Value;

use crate::consumer::{ENOUGH, LIMIT, Measured};
use crate::events;
use crate::ground::Ground;
use crate::samples::Samples;
use crate::subject::Subject;
use crate::table::{Line, Unit, Wanted};

/// Events in a request, and how long the sidecar waits for as many.
const BULK: &str = "  bulkSubscribe: { enabled: true, maxMessagesCount: 500, maxAwaitDurationMs: 50 }\n";
const ONE_BY_ONE: &str = "";

/// The lines behind sidecars.
pub(crate) fn measure(ground: &Ground) -> Result<Vec<Line>> {
    events::publish_all(ground)?;
    let (mut ours, mut empty, mut plain) = (Measured::default(), Samples::default(), Measured::default());
    for _ in 0..ground.runs {
        handler(ground, &mut ours)?;
        empty.push(empty_handler(ground)?);
        plain_handler(ground, &mut plain)?;
    }
    let name = "audit-service behind a sidecar";
    Ok(vec![
        Line {
            name: format!("{name} in bulk, against an empty handler on the same sidecar"),
            unit: Unit::EventsASecond,
            ours: ours.rate.clone(),
            peer: Some(("empty", empty)),
            wanted: Wanted::AtLeast(0.5),
            profiles: vec![("ours", ours.profile)],
        },
        Line {
            name: format!("{name} in bulk, against one request and one transaction for each event"),
            unit: Unit::EventsASecond,
            ours: ours.rate,
            peer: Some(("sidecar", plain.rate)),
            wanted: Wanted::AtLeast(5.0),
            profiles: vec![("sidecar", plain.profile)],
        },
        Line {
            name: format!("memory of {name} at full load"),
            unit: Unit::Megabytes,
            ours: ours.memory,
            peer: None,
            wanted: Wanted::Under(120.0),
            profiles: Vec::new(),
        },
    ])
}

fn handler(ground: &Ground, measured: &mut Measured) -> Result<()> {
    let mut database = ground.database("audit-service")?;
    let (http, grpc) = (Arc::new(Port::reserve()?), Arc::new(Port::reserve()?));
    let letters = "task-events.dlq=bus,task-updates.dlq=bus,task-commands.dlq=bus,reminders.dlq=bus";
    let told = [
        ("DATABASE_URL", database.url.as_str()),
        ("PORTOLAN_TRANSPORT", "dapr"),
        ("DAPR_HTTP_PORT", &http.to_string()),
        ("DAPR_GRPC_PORT", &grpc.to_string()),
        ("PORTOLAN_PUBLISH", letters),
    ];
    let before = ground.taken(None)?;
    let mut subject = Subject::service(ground, "audit-service", &told)?;
    subject.listening()?;
    let _sidecar = attach(ground, &subject, (http, grpc), BULK)?;
    let stored = database.wait_for_all(ground.events, LIMIT).with_context(|| subject.told())?;
    measured.push(ground, &subject, before, stored)
}

fn empty_handler(ground: &Ground) -> Result<f64> {
    let mut subject = Subject::peer(ground, "empty", &[])?;
    subject.ready()?;
    let _sidecar = attach(ground, &subject, (Arc::new(Port::reserve()?), Arc::new(Port::reserve()?)), BULK)?;
    let until = Instant::now() + LIMIT;
    loop {
        let counts: Value = serde_json::from_str(&http::get(subject.port.number(), "/counts")?.text())?;
        if counts["all"].as_u64() >= u64::try_from(ground.events).ok() {
            let number = |name: &str| counts[name].as_f64().with_context(|| format!("no {name}"));
            return Ok(number("after_first")? / number("seconds")?);
        }
        ensure!(Instant::now() < until, "the sidecar has brought {counts}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn plain_handler(ground: &Ground, measured: &mut Measured) -> Result<()> {
    let mut database = ground.database("audit-service")?;
    let before = ground.taken(None)?;
    let mut subject = Subject::peer(ground, "sidecar", &[("DATABASE_URL", &database.url)])?;
    subject.ready()?;
    let _sidecar = attach(ground, &subject, (Arc::new(Port::reserve()?), Arc::new(Port::reserve()?)), ONE_BY_ONE)?;
    let stored = database.wait_for(ground.events, ENOUGH)?;
    measured.push(ground, &subject, before, stored)
}

/// A sidecar in a group of its own.
fn attach(ground: &Ground, subject: &Subject, ports: (Arc<Port>, Arc<Port>), bulk: &str) -> Result<Daprd> {
    let resources = resources(ground, bulk)?;
    let sidecar = Daprd::builder("audit-service").resources(resources).app_port(subject.port.number());
    sidecar.ports(ports.0, ports.1).start()
}

fn resources(ground: &Ground, bulk: &str) -> Result<PathBuf> {
    let group = ground.name("sidecar");
    let folder = ground.scratch.join(&group);
    std::fs::create_dir_all(&folder)?;
    let brokers = ground.kafka.brokers();
    let component = format!(
        "\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{ name: bus }}
spec:
  type: pubsub.kafka
  version: v1
  metadata:
  - {{ name: brokers, value: \"{brokers}\" }}
  - {{ name: authType, value: none }}
  - {{ name: consumerGroup, value: {group} }}
  - {{ name: initialOffset, value: oldest }}
"
    );
    let subscription = format!(
        "\
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: {{ name: task-events }}
spec:
  pubsubname: bus
  topic: task-events
  routes: {{ default: /events/task-events }}
{bulk}"
    );
    std::fs::write(folder.join("bus.yaml"), component)?;
    std::fs::write(folder.join("task-events.yaml"), subscription)?;
    Ok(folder)
}
