//! A service's program on a real Kafka and a real `PostgreSQL`, and access to their topics.

mod broker;
mod replicas;

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use portolan_parts::{Ending, Kafka, Launch, Port, Postgres, Process, Scratch, http};
use rdkafka::Message;
use serde_json::{Value, json};

pub use broker::{Broker, header};
pub use replicas::Replicas;

/// How long a test waits for anything.
const LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

/// A service, and what it is told.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Its program: `env!("CARGO_BIN_EXE_<name>")`.
    pub program: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The topics that it listens to; each has one partition, and a topic for dead letters.
    pub listens: Vec<&'static str>,
    /// The topics that it publishes to.
    pub publishes: Vec<&'static str>,
    /// More of its environment.
    pub environment: Vec<(&'static str, String)>,
}

/// The running service and its parts.
pub struct Stage {
    setting: Setting,
    kafka: Kafka,
    postgres: Postgres,
    port: Port,
    scratch: Scratch,
    broker: Broker,
    service: Option<Process>,
    starts: usize,
}

impl Stage {
    /// Starts the parts and the service, and waits until it is ready.
    pub fn start(setting: Setting) -> Result<Self> {
        let postgres = std::thread::spawn(Postgres::start);
        let kafka = Kafka::plaintext()?;
        let letters: Vec<String> = setting.listens.iter().map(|topic| format!("{topic}.dlq")).collect();
        let topics =
            setting.listens.iter().chain(&setting.publishes).copied().chain(letters.iter().map(String::as_str));
        kafka.create_topics(&topics.map(|topic| (topic, 1)).collect::<Vec<_>>())?;
        let (port, scratch) = (Port::reserve()?, Scratch::new(setting.name)?);
        let broker = Broker::at(kafka.brokers());
        let postgres = postgres.join().map_err(|_| anyhow!("PostgreSQL's thread panicked"))??;
        let mut stage = Self { setting, kafka, postgres, port, scratch, broker, service: None, starts: 0 };
        stage.launch()?;
        Ok(stage)
    }

    /// Ends the service at once, as a crash would, and starts another.
    pub fn crash(&mut self) -> Result<()> {
        if let Some(mut service) = self.service.take() {
            service.kill()?;
        }
        self.launch()
    }

    fn launch(&mut self) -> Result<()> {
        let mut service = Command::new(self.setting.program);
        service.env("DATABASE_URL", self.postgres.url("postgres")).env("PORT", self.port.to_string());
        service.env("PORTOLAN_TRANSPORT", "kafka").env("KAFKA_SESSION_TIMEOUT_MS", "6000");
        service.env("KAFKA_BROKERS", self.kafka.brokers()).env("KAFKA_GROUP", self.setting.name);
        service.env("KAFKA_TOPICS", self.setting.listens.join(",")).env("PORTOLAN_FIRST_RETRY_MS", "50");
        service.envs(self.setting.environment.iter().cloned());
        self.starts += 1;
        let log = self.scratch.join(format!("service-{}.log", self.starts));
        let mut process = Launch::new(self.setting.name, service, log).ending(Ending::Terminate).start()?;
        let port = self.port.number();
        process.wait_until(LIMIT, || http::get(port, "/readyz").is_ok_and(|answer| answer.status == 200))?;
        self.service = Some(process);
        Ok(())
    }

    /// Publishes an event, with its subject as the key, and waits until the broker has it.
    pub fn publish(&self, topic: &str, event: &Value) -> Result<()> {
        self.broker.publish_event(topic, event);
        Ok(())
    }

    /// What a topic holds: each message's key and its payload.
    pub fn read(&self, topic: &str) -> Result<Vec<(String, Value)>> {
        let messages = self.broker.try_read(topic)?.into_iter().map(|message| {
            let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
            Ok((key, serde_json::from_slice(message.payload().unwrap_or_default())?))
        });
        messages.collect()
    }

    /// The rows of a statement.
    pub fn sql(&self, statement: &str) -> Result<String> {
        self.postgres.psql("postgres", statement)
    }

    /// The service's port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// What the service answers at a path.
    pub fn get(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&http::get(self.port.number(), path)?.text())?)
    }

    /// Waits until `what` answers. The error shows what the service said last.
    pub fn wait<T>(&self, name: &str, mut what: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(answer) = what()? {
                return Ok(answer);
            }
            if Instant::now() > until {
                let log = self.service.as_ref().map(Process::log_text).unwrap_or_default();
                bail!("{name}: not in {LIMIT:?}\n{log}");
            }
            std::thread::sleep(POLL);
        }
    }

    /// Waits until the service has handled everything of the topics that it listens to, and told the broker so.
    pub fn settled(&self) -> Result<()> {
        for topic in &self.setting.listens {
            // A broker that has just started cannot say yet who keeps a group's offsets.
            let mut last = None;
            let settled = self.wait(&format!("{topic} is handled"), || {
                let progress = self.broker.try_progress(self.setting.name, topic);
                let answer = progress.as_ref().is_ok_and(|(committed, end)| committed >= end).then_some(());
                last = Some(progress);
                Ok(answer)
            });
            settled.with_context(|| format!("the broker's last answer: {last:?}"))?;
        }
        Ok(())
    }

    /// The service's logs, of every start.
    pub fn logs(&self) -> Result<String> {
        let read = |n| std::fs::read_to_string(self.scratch.join(format!("service-{n}.log")));
        Ok((1..=self.starts).map(read).collect::<std::io::Result<Vec<_>>>()?.join("\n"))
    }
}

/// An event of a task in the JSON format.
pub fn event(id: &str, kind: &str, task: &str, data: &Value) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "api-service", "type": kind, "subject": task, "data": data })
}
