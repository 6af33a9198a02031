//! The parts, and the members of a group on them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use portolan_parts::{Kafka, Postgres, Scratch};
use portolan_stage::Broker;
use serde_json::json;

use crate::member::{Member, Mode, Told};
use crate::{Broken, event, resources};

/// The partitions of `work`; `done` has half as many.
pub const PARTITIONS: u16 = 6;
const POLL: Duration = Duration::from_millis(40);

/// Kafka and `PostgreSQL`.
pub struct Parts {
    /// The broker.
    pub kafka: Kafka,
    /// The topics.
    pub broker: Broker,
    /// The database.
    pub postgres: Postgres,
    scratch: Scratch,
}

/// A program to run, and the mistake that it is to make.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its file.
    pub path: PathBuf,
    /// The mistake.
    pub fault: Option<&'static str>,
}

/// The members of one group, with a database of its own. They end with it.
pub struct Stand<'a> {
    /// What runs.
    pub members: Vec<Member>,
    /// What they run on.
    pub parts: &'a mut Parts,
    /// The group, and its database.
    pub name: String,
    /// What is run.
    pub program: Program,
    /// How long a promise may take to be kept.
    pub patience: Duration,
    told: Told,
    joined: usize,
}

impl Parts {
    /// Starts them, with topics.
    pub fn start() -> Result<Self> {
        let postgres = std::thread::spawn(Postgres::start);
        let kafka = Kafka::plaintext()?;
        let (work, done) = (u32::from(PARTITIONS), u32::from(PARTITIONS / 2));
        kafka.create_topics(&[("work", work), ("done", done), ("work.dlq", 1), ("done.dlq", 1)])?;
        let broker = Broker::at(kafka.brokers());
        let postgres = postgres.join().map_err(|_| anyhow!("PostgreSQL's thread panicked"))??;
        Ok(Self { kafka, broker, postgres, scratch: Scratch::new("soak")? })
    }
}

impl<'a> Stand<'a> {
    /// A group that begins behind all that the topics hold, without members yet.
    pub fn new(parts: &'a mut Parts, name: &str, mode: Mode, program: Program, attempts: u32) -> Result<Self> {
        let folder = parts.scratch.join(name);
        resources::write(&folder.join("resources"), parts.kafka.brokers(), name)?;
        let database = parts.postgres.create_database(name)?;
        let brokers = parts.kafka.brokers().to_owned();
        for topic in ["work", "done"] {
            let until = Instant::now() + Duration::from_secs(20);
            // A broker that has just started cannot say yet who keeps a group's offsets.
            while let Err(error) = parts.broker.begin_at_end(name, topic) {
                anyhow::ensure!(Instant::now() < until, "{error:#}");
                std::thread::sleep(POLL);
            }
        }
        let told = Told { mode, group: name.to_owned(), brokers, database, attempts, folder };
        let patience = Duration::from_secs(30);
        Ok(Self { members: Vec::new(), parts, name: name.to_owned(), program, patience, told, joined: 0 })
    }

    /// How events come.
    pub const fn mode(&self) -> Mode {
        self.told.mode
    }

    /// One more member; its number.
    pub fn join(&mut self) -> Result<usize> {
        let mut member = Member::new(self.told.clone(), self.joined)?;
        self.joined += 1;
        member.start(&self.program)?;
        self.members.push(member);
        Ok(self.members.len() - 1)
    }

    /// Starts what has ended of every member; how many were started.
    pub fn revive(&mut self) -> Result<usize> {
        self.members.iter_mut().map(|member| member.start(&self.program)).sum()
    }

    /// Rows of a statement.
    pub fn sql(&self, statement: &str) -> Result<String> {
        self.parts.postgres.psql(&self.name, statement)
    }

    /// The number that a statement counts; none while the database is away.
    pub fn count(&self, statement: &str) -> Option<usize> {
        self.sql(statement).ok()?.parse().ok()
    }

    /// A session of its own at the database.
    pub fn session(&self) -> Result<crate::Session> {
        crate::Session::open(&self.told.database)
    }

    /// Waits for what has to be before the question is put.
    pub fn wait(&mut self, name: &str, mut what: impl FnMut(&mut Self) -> Result<bool>) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(30);
        while !what(self)? {
            if Instant::now() > until {
                bail!("{name}: not in 30 s\n{}", self.last_words());
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Waits for what is promised.
    pub fn keeps(&mut self, promise: &str, mut what: impl FnMut(&mut Self) -> Result<bool>) -> Result<()> {
        let until = Instant::now() + self.patience;
        while !what(self)? {
            if Instant::now() > until {
                return Err(Broken(promise.to_owned())).context(self.last_words());
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Events of a page, in the order of their lines.
    pub fn page(&self, page: &str) -> Result<Vec<String>> {
        let lines = self.sql(&format!("SELECT event FROM soak.lines WHERE page = '{page}' ORDER BY before, number"))?;
        Ok(lines.lines().map(str::to_owned).collect())
    }

    /// Whether the group has committed everything of its topics.
    pub fn has_no_lag(&self) -> Result<bool> {
        for topic in ["work", "done"] {
            let (committed, end) = self.parts.broker.try_progress(&self.name, topic)?;
            if committed != end {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One more member takes partitions over and handles events of them. What is committed then stays committed, also while the one
    /// that they were taken from could still be wrong about them.
    pub fn commits_stay(&mut self) -> Result<()> {
        let second = self.join()?;
        self.wait("it has partitions", |stand| {
            let log = stand.members[second].log();
            Ok(log.lines().any(|line| line.contains("were assigned") && !line.contains("\"partitions\":0")))
        })?;
        let since = Instant::now();
        for partition in 0..PARTITIONS {
            let page = format!("then-{partition}");
            let payload = event(&page, &page, &json!({ "do": "write" })).to_string();
            self.parts.broker.publish_to("work", i32::from(partition), &page, &payload);
        }
        self.wait("all is committed again", |stand| {
            let then = "SELECT count(*) FROM soak.lines WHERE page LIKE 'then-%'";
            Ok(stand.count(then) == Some(usize::from(PARTITIONS)) && stand.has_no_lag()?)
        })?;
        while since.elapsed() < Duration::from_millis(4500) {
            if !self.has_no_lag()? {
                return Err(Broken("what is committed stays committed".to_owned()).into());
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// What the members said last.
    pub fn last_words(&self) -> String {
        let mut words = String::new();
        for (number, member) in self.members.iter().enumerate() {
            for (who, log) in [("subject", member.log()), ("sidecar", member.sidecar_log())] {
                let lines: Vec<&str> = log.lines().collect();
                for line in &lines[lines.len().saturating_sub(12)..] {
                    words.extend([format!("{who} {number}: ").as_str(), line, "\n"]);
                }
            }
        }
        words
    }
}

impl Drop for Stand<'_> {
    /// All at once: each member takes its time to leave the group. One that makes mistakes may never find its way out.
    fn drop(&mut self) {
        if self.program.fault.is_some() {
            // Who is gone already needs no end.
            let _ = self.members.iter_mut().try_for_each(Member::kill);
        }
        std::thread::scope(|scope| {
            for member in self.members.drain(..) {
                scope.spawn(|| drop(member));
            }
        });
    }
}
