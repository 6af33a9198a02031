//! Stacks of any size, in which every service has a topic, a subscription, a component that it uses and a scaler.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use portolan_parts::Scratch;

/// A project with so many services.
pub(crate) fn project(services: u32) -> Result<Scratch> {
    let project = Scratch::new("synthetic")?;
    std::fs::create_dir_all(project.join("infra/environments"))?;
    project.write("infra/stack.yaml", stack(services)?)?;
    project.write("infra/environments/prod.yaml", "environment: prod\n")?;
    Ok(project)
}

/// The same, and its last service publishes to a topic whose name is nearly that of another.
pub(crate) fn project_with_an_error(services: u32) -> Result<Scratch> {
    let project = project(services)?;
    let (text, right) = (stack(services)?, "    publishes: [topic-0000]\n");
    let wrong = text.replacen(right, "    publishes: [topik-0000]\n", 1);
    ensure!(wrong != text, "nothing to misspell");
    project.write("infra/stack.yaml", wrong)?;
    Ok(project)
}

fn stack(services: u32) -> Result<String> {
    let mut text = String::from("portolan: v1\nstack: synthetic\ntopics:\n");
    for number in 0..services {
        writeln!(text, "  topic-{number:04}: {{ partitions: 6, retention: 7d }}")?;
    }
    text.push_str("secrets: { database: [URL] }\ncomponents:\n");
    text.push_str("  bus: { type: pubsub.kafka, brokers: [\"broker.kafka.svc.cluster.local:9092\"] }\n");
    text.push_str("  store: { type: state.postgresql/v2, metadata: { connectionString: { secret: database/URL } } }\n");
    text.push_str("services:\n");
    for number in 0..services {
        writeln!(text, "  service-{number:04}:")?;
        writeln!(text, "    subscribes: {{ topic-{number:04}: {{ route: /events }} }}")?;
        writeln!(text, "    publishes: [topic-{:04}]", (number + 1) % services)?;
        writeln!(text, "    uses: [store]\n    scale: {{ min: 0, max: 6, lag: 20 }}")?;
    }
    Ok(text)
}
