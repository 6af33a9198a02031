//! Kafka without and with TLS and SCRAM.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use portolan_parts::Kafka;

#[test]
fn two_brokers_run_beside_each_other_and_end() -> Result<()> {
    let begun = Instant::now();
    let mut one = Kafka::plaintext()?;
    note("plaintext", begun);
    let begun = Instant::now();
    let mut two = Kafka::scram(&[("admin", "admin-secret"), ("portolan", "secret")])?;
    note("scram", begun);
    assert_ne!(one.brokers(), two.brokers());
    assert!(one.ca_pem().is_none());
    assert!(two.ca_pem().is_some_and(|pem| pem.starts_with("-----BEGIN CERTIFICATE-----")));

    let begun = Instant::now();
    one.create_topics(&[("task-events", 6), ("task-updates", 3)])?;
    two.create_topics(&[("reminders", 2)])?;
    note("three topics", begun);
    let again = one.create_topics(&[("task-events", 6)]);
    assert!(again.is_err_and(|error| format!("{error:#}").contains("task-events")));

    let described = one.tool("org.apache.kafka.tools.TopicCommand", &["--describe"])?;
    assert!(described.contains("PartitionCount: 6") && !described.contains("reminders"), "{described}");
    assert_eq!(two.tool("org.apache.kafka.tools.TopicCommand", &["--list"])?.trim(), "reminders");

    assert!(two.brokers_for("PLAIN").is_err());
    let pids = [one.process().pid(), two.process().pid()];
    drop((one, two));
    assert!(pids.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists()));
    Ok(())
}

#[test]
fn a_broker_that_cannot_start_says_why() {
    // A bracket ends the description of a user, so this one cannot be formatted.
    let refused = Kafka::scram(&[("admin", "a]b,c")]);
    assert!(refused.is_err_and(|error| error.to_string().contains("StorageTool")));
}

/// For whoever runs the test with `--nocapture`.
#[expect(clippy::print_stderr, reason = "a measurement")]
fn note(what: &str, begun: Instant) {
    eprintln!("{what} in {:?}", begun.elapsed());
}
