//! The parts, and the subject among them.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use portolan_parts::{Ending, Kafka, Launch, Port, Postgres, Process, Recorder, Scratch};
use portolan_stage::{Broker, header};
use rdkafka::message::OwnedMessage;
use serde_json::{Value, json};

use crate::collector::Collector;
use crate::features::Features;
use crate::trace_cases::CANARY;

/// The largest message, in bytes, of every hop.
pub(crate) const LARGEST: usize = 8 * 1024 * 1024;

/// What every transport runs on.
pub(crate) struct Parts {
    pub(crate) kafka: Kafka,
    pub(crate) postgres: RefCell<Postgres>,
    pub(crate) port: Port,
    pub(crate) scratch: Scratch,
    /// The service that the subject invokes.
    pub(crate) other: Recorder,
    /// What is told of traces.
    pub(crate) collector: Collector,
}

/// A way to run the subject.
pub(crate) trait Transport: Sync {
    /// Where it differs from the others.
    const FEATURES: Features;

    /// Prepares what it needs beside the parts.
    fn prepare(parts: &Parts) -> Self
    where
        Self: Sized;

    /// Configures the subject.
    fn tell(&self, subject: &mut Command, parts: &Parts);

    /// Starts what runs beside the subject, unless it runs.
    fn accompany(&self, _: &Parts) {}

    /// Ends what runs beside the subject, at the time when the subject is told to end.
    fn leave(&self) {}

    /// What runs beside the subject has said.
    fn log(&self) -> String {
        String::new()
    }
}

/// The parts, a transport, and a running subject. They end in this order.
pub(crate) struct World<T> {
    subject: RefCell<Process>,
    pub(crate) transport: T,
    pub(crate) broker: Broker,
    pub(crate) parts: Parts,
}

/// A dead letter.
#[derive(Debug)]
pub(crate) struct Letter {
    /// The message as it came.
    pub(crate) message: Vec<u8>,
    /// Why, if it is told.
    pub(crate) reason: Option<String>,
    /// After so many attempts.
    pub(crate) attempts: Option<String>,
    /// Where it came from.
    pub(crate) topic: Option<String>,
}

impl From<OwnedMessage> for Letter {
    fn from(message: OwnedMessage) -> Self {
        let told = |name| header(&message, name);
        Self {
            reason: told("portolan-reason"),
            attempts: told("portolan-attempts"),
            topic: told("portolan-topic"),
            message: rdkafka::Message::payload(&message).unwrap_or_default().to_vec(),
        }
    }
}

impl<T: Transport> World<T> {
    /// Starts all of it.
    pub(crate) fn start() -> Self {
        let kafka = Kafka::plaintext().unwrap();
        for (topic, partitions) in [("work", 3), ("work.dlq", 1), ("done", 1)] {
            kafka.create_topic(topic, partitions, &[("max.message.bytes", &LARGEST.to_string())]).unwrap();
        }
        let scratch = Scratch::new("conformance").unwrap();
        let postgres = RefCell::new(Postgres::start().unwrap());
        let (port, other) = (Port::reserve().unwrap(), Recorder::start().unwrap());
        let parts = Parts { kafka, postgres, port, scratch, other, collector: Collector::start() };
        let transport = T::prepare(&parts);
        let broker = Broker::at(parts.kafka.brokers());
        let subject = RefCell::new(launch(&transport, &parts, &parts.port, log(&parts)));
        transport.accompany(&parts);
        Self { subject, transport, broker, parts }
    }

    /// Ends the subject at once, as a crash would, and starts another.
    pub(crate) fn crash(&self) {
        self.subject.borrow_mut().kill().unwrap();
        self.revive();
    }

    /// Tells the subject to end, waits until it has, and starts another: the end of a pod, with all that is in it.
    pub(crate) fn restart(&self) {
        let mut subject = self.subject.borrow_mut();
        let transport = &self.transport;
        let status = std::thread::scope(|scope| {
            scope.spawn(|| transport.leave());
            subject.stop().unwrap()
        });
        drop(subject);
        assert!(status.success(), "the subject leaves with {status}\n{}", self.log());
        self.revive();
    }

    /// Ends the subject at once, and starts none.
    pub(crate) fn kill(&self) {
        self.subject.borrow_mut().kill().unwrap();
    }

    /// Tells the subject to end, and how it has, if it has in this time.
    pub(crate) fn leave(&self, time: Duration) -> Option<ExitStatus> {
        self.subject.borrow_mut().leave(time).unwrap()
    }

    /// Starts a further subject beside the first.
    pub(crate) fn further(&self) -> Further {
        let port = Port::reserve().unwrap();
        let process = launch(&self.transport, &self.parts, &port, self.parts.scratch.join("further.log"));
        Further { process, _port: port }
    }

    /// Starts another subject where the last one has ended, and what is to run beside it: what a cluster does.
    fn revive(&self) {
        let mut subject = self.subject.borrow_mut();
        if !subject.is_running() {
            *subject = launch(&self.transport, &self.parts, &self.parts.port, log(&self.parts));
        }
        self.transport.accompany(&self.parts);
    }

    /// Waits until `what` answers, and starts the subject again whenever it ends meanwhile.
    pub(crate) fn wait<A>(&self, name: &str, mut what: impl FnMut() -> Option<A>) -> A {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            if let Some(answer) = what() {
                return answer;
            }
            assert!(Instant::now() < until, "{name}: not within a minute\n{}", self.situation());
            self.revive();
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Where the transport differs from the others.
    #[expect(clippy::unused_self, reason = "a world has one transport")]
    pub(crate) const fn features(&self) -> Features {
        T::FEATURES
    }

    /// Publishes an event that says what is to be done with it.
    pub(crate) fn send(&self, page: &str, id: &str, task: &Value) {
        self.broker.publish("work", page, &event(page, id, "work", task).to_string());
    }

    /// The ledger's page: event, and how many lines stood before it.
    pub(crate) fn page(&self, page: &str) -> Vec<(String, usize)> {
        let rows = self.sql(&format!("SELECT event, before FROM subject.lines WHERE page = '{page}' ORDER BY number"));
        let row = |line: &str| {
            let (event, before) = line.split_once('|').unwrap();
            (event.to_owned(), before.parse().unwrap())
        };
        rows.lines().map(row).collect()
    }

    /// Waits until the page has exactly these events, in this order.
    pub(crate) fn expect(&self, page: &str, events: &[&str]) {
        let expected: Vec<_> = events.iter().enumerate().map(|(n, event)| ((*event).to_owned(), n)).collect();
        self.wait(&format!("{page} has {events:?}"), || {
            let found = self.page(page);
            // A page only grows: what differs before its end stays so.
            let differs = found.iter().zip(&expected).find(|(found, expected)| found != expected);
            assert!(differs.is_none(), "{page}, found and expected: {differs:?}\n{}", self.situation());
            (found == expected).then_some(())
        });
    }

    /// All dead letters.
    pub(crate) fn dead_letters(&self) -> Vec<Letter> {
        self.broker.read("work.dlq").into_iter().map(Letter::from).collect()
    }

    /// Waits for the dead letter of an event.
    pub(crate) fn dead_letter(&self, id: &str) -> Letter {
        self.wait(&format!("the dead letter of {id}"), || {
            self.dead_letters().into_iter().find(|letter| holds(&letter.message, id))
        })
    }

    /// Rows of a statement; nothing while the database is away.
    pub(crate) fn sql(&self, statement: &str) -> String {
        self.parts.postgres.borrow().psql("postgres", statement).unwrap_or_default()
    }

    /// What the subject tells Prometheus; nothing while it is not there.
    pub(crate) fn metrics(&self) -> String {
        portolan_parts::http::get(self.parts.port.number(), "/metrics").map(|answer| answer.text()).unwrap_or_default()
    }

    /// What helps to see where events stay.
    fn situation(&self) -> String {
        let (handled, end) = self.broker.progress("subject", "work");
        let left = [
            "SELECT id, attempts FROM subject.portolan_attempts LIMIT 10",
            "SELECT ids, process, since FROM subject.portolan_announcements LIMIT 10",
            "SELECT id, handled_at FROM subject.portolan_inbox ORDER BY handled_at DESC LIMIT 10",
        ];
        let left = left.map(|statement| format!("{statement}\n{}", self.sql(statement))).join("\n");
        let (subject, beside) = (self.log(), last_lines(&self.transport.log()));
        format!("offsets {handled:?} of {end:?}\n{left}\nthe subject:\n{subject}\nbeside it:\n{beside}")
    }

    /// All that the subject said.
    pub(crate) fn whole_log(&self) -> String {
        std::fs::read_to_string(log(&self.parts)).unwrap_or_default()
    }

    /// What the subject said last.
    pub(crate) fn log(&self) -> String {
        last_lines(&self.whole_log())
    }
}

/// A subject beside the first.
pub(crate) struct Further {
    pub(crate) process: Process,
    _port: Port,
}

/// An event in the JSON format.
pub(crate) fn event(page: &str, id: &str, kind: &str, data: &Value) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "suite", "type": kind, "subject": page, "data": data })
}

fn holds(payload: &[u8], id: &str) -> bool {
    String::from_utf8_lossy(payload).contains(&format!("\"{id}\"")) || payload == id.as_bytes()
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

fn log(parts: &Parts) -> PathBuf {
    parts.scratch.join("subject.log")
}

fn launch<T: Transport>(transport: &T, parts: &Parts, port: &Port, log: PathBuf) -> Process {
    let mut subject = Command::new(env!("CARGO_BIN_EXE_subject"));
    subject.env("DATABASE_URL", parts.postgres.borrow().url("postgres")).env("PORT", port.to_string());
    subject.env("PORTOLAN_MAX_ATTEMPTS", "4").env("PORTOLAN_FIRST_RETRY_MS", "150");
    subject.env("OTEL_EXPORTER_OTLP_ENDPOINT", parts.collector.address()).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    subject.env("OTEL_EXPORTER_OTLP_HEADERS", format!("api-key={CANARY}"));
    transport.tell(&mut subject, parts);
    Launch::new("subject", subject, log).ending(Ending::Terminate).start().unwrap()
}
