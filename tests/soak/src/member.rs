//! One process of the subject, with its sidecar where it has one.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result};
use portolan_parts::{Daprd, Ending, Launch, Port, Process};

use crate::Program;

/// How events come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The subject consumes by itself.
    Kafka,
    /// A sidecar brings events one by one.
    Dapr,
}

impl Mode {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Dapr => "dapr",
        }
    }
}

/// What every member is told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) mode: Mode,
    pub(crate) group: String,
    pub(crate) brokers: String,
    pub(crate) database: String,
    pub(crate) attempts: u32,
    pub(crate) folder: PathBuf,
}

/// A process of the subject and its sidecar. It ends before its sidecar, which would else repeat what nobody takes.
pub struct Member {
    process: Option<Process>,
    sidecar: Option<Daprd>,
    told: Told,
    number: usize,
    starts: usize,
    port: Port,
    http: Arc<Port>,
    grpc: Arc<Port>,
}

impl Member {
    pub(crate) fn new(told: Told, number: usize) -> Result<Self> {
        let port = || Ok::<_, anyhow::Error>(Arc::new(Port::reserve()?));
        let (http, grpc) = (port()?, port()?);
        Ok(Self { process: None, sidecar: None, told, number, starts: 0, port: Port::reserve()?, http, grpc })
    }

    /// Starts what does not run of the two; how many were started.
    pub fn start(&mut self, program: &Program) -> Result<usize> {
        let mut started = 0;
        if !self.is_running() {
            self.starts += 1;
            let mut subject = Command::new(&program.path);
            self.tell(&mut subject);
            if let Some(fault) = program.fault {
                subject.env("PORTOLAN_FAULT", fault);
            }
            let log = self.log_file(self.starts);
            self.process = Some(Launch::new("subject", subject, log).ending(Ending::Terminate).start()?);
            started += 1;
        }
        if self.told.mode == Mode::Dapr && !self.sidecar.as_mut().is_some_and(|one| one.process().is_running()) {
            let builder = Daprd::builder(&self.told.group).resources(self.told.folder.join("resources"));
            let builder = builder.app_port(self.port.number()).ports(Arc::clone(&self.http), Arc::clone(&self.grpc));
            self.sidecar = Some(builder.start()?);
            started += 1;
        }
        Ok(started)
    }

    fn tell(&self, subject: &mut Command) {
        let Told { mode, group, brokers, database, attempts, .. } = &self.told;
        subject.env("DATABASE_URL", database).env("PORT", self.port.to_string()).env("PORTOLAN_TRANSPORT", mode.name());
        subject.env("PORTOLAN_MAX_ATTEMPTS", attempts.to_string()).env("PORTOLAN_FIRST_RETRY_MS", "20");
        match mode {
            Mode::Kafka => {
                subject.env("KAFKA_BROKERS", brokers).env("KAFKA_GROUP", group).env("KAFKA_TOPICS", "work,done");
                subject.env("KAFKA_SESSION_TIMEOUT_MS", "1200")
            }
            Mode::Dapr => {
                let publish = "done=bus,work.dlq=bus,done.dlq=bus";
                subject.env("DAPR_GRPC_PORT", self.grpc.to_string()).env("PORTOLAN_PUBLISH", publish)
            }
        };
    }

    /// Whether the subject's process runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_running)
    }

    /// Ends the subject's process at once, as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(process) = &mut self.process {
            process.kill()?;
        }
        Ok(())
    }

    /// Ends the sidecar at once.
    pub fn kill_sidecar(&mut self) -> Result<()> {
        if let Some(sidecar) = &mut self.sidecar {
            sidecar.process().kill()?;
        }
        Ok(())
    }

    /// Tells both to end, at one time as a pod is told, and waits until they have; whether the subject left by itself, in good order.
    pub fn leave(&mut self) -> Result<bool> {
        let Self { process, sidecar, .. } = self;
        let Some(process) = process else { return Ok(true) };
        std::thread::scope(|scope| {
            scope.spawn(|| sidecar.as_mut().map(|sidecar| sidecar.process().stop()));
            Ok(process.stop()?.success())
        })
    }

    /// What the subject has said since its last start.
    pub fn log(&self) -> String {
        self.process.as_ref().map(Process::log_text).unwrap_or_default()
    }

    /// What the sidecar has said since its last start.
    pub fn sidecar_log(&self) -> String {
        self.sidecar.as_ref().map(Daprd::log).unwrap_or_default()
    }

    /// The logs of every start of the subject.
    pub fn logs(&self) -> Result<Vec<String>> {
        let read = |start| {
            let file = self.log_file(start);
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
        };
        (1..=self.starts).map(read).collect()
    }

    fn log_file(&self, start: usize) -> PathBuf {
        self.told.folder.join(format!("member-{}-{start}.log", self.number))
    }
}
