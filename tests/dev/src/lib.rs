//! The reference stack on this machine: Kafka, `PostgreSQL`, a mail server that keeps its mails, and every service, behind its
//! sidecar or as a consumer of its own.

pub mod logs;
mod programs;
mod resources;
mod running;
mod stack;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, Error, Result, bail};
use portolan_parts::{Kafka, Port, Postgres, Scheduler, Scratch, Sink, Taken};

use resources::{AUTH, Resources, Secrets};
use running::Running;
use stack::Stack;

/// How services get their events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Behind sidecars.
    Dapr,
    /// As consumers of their own.
    Kafka,
}

impl FromStr for Mode {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word.trim_start_matches("mode=") {
            "dapr" => Ok(Self::Dapr),
            "kafka" => Ok(Self::Kafka),
            other => bail!("there is no mode {other}; there are dapr and kafka"),
        }
    }
}

/// What every service is told beside its transport.
fn told(auth: &str, mode: Mode, http: &Port, grpc: &Port) -> Vec<(String, String)> {
    // Behind a sidecar it is found by its name.
    let invoke = if mode == Mode::Kafka { format!("{AUTH}={auth}") } else { String::new() };
    let told = [
        ("SMTP_TLS", "none".to_owned()),
        ("USE_DAPR_INVOCATION", (mode == Mode::Dapr).to_string()),
        ("BETTER_AUTH_URL", auth.to_owned()),
        ("PORTOLAN_INVOKE", invoke),
        ("DAPR_HTTP_URL", format!("http://127.0.0.1:{http}")),
        ("DAPR_HTTP_PORT", http.to_string()),
        ("DAPR_GRPC_PORT", grpc.to_string()),
    ];
    told.map(|(name, value)| (name.to_owned(), value)).into()
}

/// What consumers are told, and sidecars read from their store: as on a cluster, where a pod with a sidecar is not given it.
fn backend(postgres: &Postgres, mails: &Sink) -> Secrets {
    [
        ("DATABASE_URL", postgres.url("postgres")),
        ("SMTP_HOST", "127.0.0.1".to_owned()),
        ("SMTP_PORT", mails.port().to_string()),
        ("SMTP_FROM_EMAIL", "Todo <todo@example.com>".to_owned()),
    ]
    .into()
}

/// The running stack. What stands first here ends first.
pub struct World {
    running: Vec<Running>,
    scheduler: Option<Scheduler>,
    kafka: Kafka,
    postgres: Postgres,
    mails: Sink,
    scratch: Scratch,
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl World {
    /// Builds the services, starts everything, and waits until it is ready. Sessions are checked at `auth`.
    pub fn start(mode: Mode, auth: &str) -> Result<Self> {
        let stack = Stack::read(&root())?;
        let programs = programs::build(&stack)?;
        let postgres = std::thread::spawn(Postgres::start);
        let kafka = Kafka::plaintext()?;
        let topics: Vec<(&str, u32)> = stack.topics.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        kafka.create_topics(&topics)?;
        let mails = Sink::start()?;
        let postgres = postgres.join().map_err(|_| Error::msg("PostgreSQL's thread panicked"))??;
        let scratch = Scratch::new("dev")?;
        let backend = backend(&postgres, &mails);
        let scheduler = (mode == Mode::Dapr).then(Scheduler::start).transpose()?;
        let resources = scheduler
            .is_some()
            .then(|| Resources::write(&scratch.join("resources"), &root(), &kafka, &backend, auth))
            .transpose()?;
        let mut world = Self { running: Vec::new(), scheduler, kafka, postgres, mails, scratch };
        fs::create_dir_all(world.logs())?;
        for service in &stack.services {
            let program = programs.join(&service.name);
            let (port, http, grpc) = (Port::reserve()?, Arc::new(Port::reserve()?), Arc::new(Port::reserve()?));
            let mut environment = service.environment(mode, world.kafka.brokers());
            environment.extend(told(auth, mode, &http, &grpc));
            if mode == Mode::Kafka {
                environment.extend(backend.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            }
            environment.push(("PORT".to_owned(), port.to_string()));
            let log = world.logs().join(format!("{}.log", service.name));
            let mut running = Running::start(&service.name, &program, port, environment, log)?;
            if let (Some(scheduler), Some(resources)) = (&world.scheduler, &resources) {
                running.attach(resources, scheduler, (http, grpc))?;
            }
            world.running.push(running);
        }
        for running in &mut world.running {
            running.ready()?;
        }
        Ok(world)
    }

    /// The folder of the logs.
    pub fn logs(&self) -> PathBuf {
        self.scratch.join("logs")
    }

    /// Where a service listens.
    pub fn port(&self, service: &str) -> Result<u16> {
        let running = self.running.iter().find(|running| running.name == service);
        Ok(running.with_context(|| format!("{service} does not run"))?.port())
    }

    /// The broker.
    pub fn brokers(&self) -> &str {
        self.kafka.brokers()
    }

    /// The mails so far.
    pub fn mails(&self) -> Vec<Taken> {
        self.mails.taken()
    }

    /// The rows of a statement.
    pub fn sql(&self, statement: &str) -> Result<String> {
        self.postgres.psql("postgres", statement)
    }

    /// Every process that logs, with its log.
    pub fn sources(&mut self) -> Vec<(String, PathBuf)> {
        self.running.iter_mut().flat_map(Running::logs).collect()
    }
}
