//! Several processes of a service that stores nothing, on a real Kafka.

use std::process::{Command, ExitStatus};

use anyhow::Result;
use portolan_parts::{Ending, Kafka, Launch, Port, Process, Scratch, http};
use serde_json::Value;

use crate::{Broker, LIMIT, Setting};

/// The running replicas and their broker.
pub struct Replicas {
    running: Vec<(Port, Process)>,
    broker: Broker,
    _kafka: Kafka,
    _scratch: Scratch,
}

impl Replicas {
    /// Starts the broker and so many replicas, each in a group of its own, and waits until they are ready. The topics have three
    /// partitions.
    pub fn start(setting: &Setting, count: usize) -> Result<Self> {
        let kafka = Kafka::plaintext()?;
        kafka.create_topics(&setting.listens.iter().map(|topic| (*topic, 3)).collect::<Vec<_>>())?;
        let broker = Broker::at(kafka.brokers());
        let scratch = Scratch::new(setting.name)?;
        let mut running = Vec::new();
        for number in 0..count {
            let port = Port::reserve()?;
            let mut service = Command::new(setting.program);
            service.env("PORT", port.to_string()).env("HOSTNAME", format!("replica-{number}"));
            service.env("PORTOLAN_TRANSPORT", "kafka").env("KAFKA_SESSION_TIMEOUT_MS", "6000");
            service.env("KAFKA_BROKERS", kafka.brokers()).env("KAFKA_GROUP", format!("{}-{{podName}}", setting.name));
            service.env("KAFKA_TOPICS", setting.listens.join(",")).envs(setting.environment.iter().cloned());
            let log = scratch.join(format!("replica-{number}.log"));
            running.push((port, Launch::new(setting.name, service, log).ending(Ending::Terminate).start()?));
        }
        for (port, process) in &mut running {
            let port = port.number();
            process.wait_until(LIMIT, || http::get(port, "/readyz").is_ok_and(|answer| answer.status == 200))?;
        }
        Ok(Self { running, broker, _kafka: kafka, _scratch: scratch })
    }

    /// Where a replica listens.
    pub fn port(&self, number: usize) -> u16 {
        self.running[number].0.number()
    }

    /// Publishes an event, with its subject as the key, and waits until the broker has it.
    pub fn publish(&self, topic: &str, event: &Value) {
        self.broker.publish_event(topic, event);
    }

    /// Tells a replica to end, and waits until it has.
    pub fn stop(&mut self, number: usize) -> Result<ExitStatus> {
        self.running[number].1.stop()
    }

    /// What a replica counts.
    pub fn metrics(&self, number: usize) -> Result<String> {
        Ok(http::get(self.port(number), "/metrics")?.text())
    }

    /// What a replica has logged.
    pub fn log(&self, number: usize) -> String {
        self.running[number].1.log_text()
    }
}
