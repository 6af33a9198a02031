//! The parts that everything is measured on.

use std::cell::Cell;
use std::path::PathBuf;

use anyhow::{Context, Error, Result, ensure};
use portolan_parts::{Kafka, Postgres, Scratch};

use crate::database::Database;
use crate::plan::Plan;
use crate::profile::Taken;
use crate::subject::Subject;

/// Partitions of what is consumed at full speed.
pub(crate) const PARTITIONS: u32 = 6;
/// A topic with one event.
pub(crate) const ONE_EVENT: &str = "reminders";
/// A topic without events.
pub(crate) const NO_EVENT: &str = "task-commands";

/// Kafka and a durable `PostgreSQL`.
pub(crate) struct Ground {
    pub(crate) runs: usize,
    pub(crate) events: usize,
    pub(crate) seconds: u64,
    pub(crate) kafka: Kafka,
    pub(crate) postgres: Postgres,
    pub(crate) scratch: Scratch,
    programs: PathBuf,
    /// The processes of the parts.
    processes: (u32, u32),
    names: Cell<usize>,
    /// Whether the events are there.
    pub(crate) published: Cell<bool>,
}

impl Ground {
    pub(crate) fn start(plan: &Plan) -> Result<Self> {
        let own = std::env::current_exe()?;
        let programs = own.ancestors().nth(2).context("a program without a folder")?.to_owned();
        let postgres = std::thread::spawn(Postgres::durable);
        let mut kafka = Kafka::plaintext()?;
        let topics = ["task-events", "task-updates", NO_EVENT, ONE_EVENT];
        kafka.create_topics(&topics.map(|topic| (topic, PARTITIONS)))?;
        kafka.create_topics(&topics.map(|topic| format!("{topic}.dlq")).each_ref().map(|topic| (topic.as_str(), 1)))?;
        let mut postgres = postgres.join().map_err(|_| Error::msg("PostgreSQL's thread panicked"))??;
        let (runs, events, seconds) = (plan.runs, plan.events, plan.seconds);
        let (scratch, names) = (Scratch::new("bench")?, Cell::new(0));
        let published = Cell::new(false);
        let processes = (postgres.process().pid(), kafka.process().pid());
        Ok(Self { runs, events, seconds, kafka, postgres, scratch, programs, processes, names, published })
    }

    /// The CPU time that a program and the parts have taken.
    pub(crate) fn taken(&self, program: Option<&Subject>) -> Result<Taken> {
        Taken::so_far(program.map(Subject::pid), self.processes.0, self.processes.1)
    }

    /// A service as it is released.
    pub(crate) fn service(&self, name: &str) -> Result<PathBuf> {
        let program = self.programs.join(name);
        ensure!(program.is_file(), "{} is not there: run `just bench handlers`, which builds it", program.display());
        Ok(program)
    }

    /// A name that nothing had before: of a consumer group, a database, a file.
    pub(crate) fn name(&self, what: &str) -> String {
        self.names.set(self.names.get() + 1);
        format!("{what}-{}", self.names.get())
    }

    /// A database with the tables of a service, and nothing in them.
    pub(crate) fn database(&self, service: &str) -> Result<Database> {
        Database::create(self, service)
    }
}
