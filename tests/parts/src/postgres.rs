//! A `PostgreSQL` server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::recipe::apt;
use crate::{Ending, Launch, Port, Process, Scratch, command};

/// The user that the Debian package makes. The server refuses to run as root.
const SYSTEM_USER: &str = "postgres";

/// Many tests share one server.
const COMMON: [&str; 3] = [
    "max_connections=200",
    "listen_addresses=127.0.0.1",
    // Left behind in the data folder, not in the machine's shared memory, when it is killed.
    "dynamic_shared_memory_type=mmap",
];

/// Its data is thrown away, so nothing waits for a disk. What is committed is written all the same: a server that takes long to stop
/// is killed, and what it has only in memory would be gone though it was said to be stored.
const FAST: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// As somebody would run it who keeps the data; and each row tells when it was committed, which measurements need.
const DURABLE: [&str; 1] = ["track_commit_timestamp=on"];

/// A running server; its superuser is `postgres` and has no password.
#[derive(Debug)]
pub struct Postgres {
    process: Process,
    port: Port,
    programs: PathBuf,
    scratch: Scratch,
    settings: &'static [&'static str],
}

impl Postgres {
    /// Starts one that does not wait for the disk.
    pub fn start() -> Result<Self> {
        Self::with(&FAST)
    }

    /// Starts one whose commits are durable, for measurements: `pg_xact_commit_timestamp(xmin)` tells when a row was committed.
    pub fn durable() -> Result<Self> {
        Self::with(&DURABLE)
    }

    fn with(settings: &'static [&'static str]) -> Result<Self> {
        let programs = apt::POSTGRESQL.folder()?;
        let scratch = Scratch::new("postgres")?;
        let port = Port::reserve()?;
        let user = system_user();
        if let Some(user) = user {
            give_to(&scratch, user)?;
        }
        let data = scratch.join("data");

        let mut initdb = Command::new(programs.join("initdb"));
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]);
        initdb.arg("--pgdata").arg(&data).current_dir(scratch.path());
        let mut initdb = Launch::new("initdb", initdb, scratch.join("initdb.log")).user(user).start()?;
        initdb.finish()?;

        let process = serve(&programs, &scratch, &port, settings)?;
        Ok(Self { process, port, programs, scratch, settings })
    }

    /// Stops it as a shutdown would, which ends every connection, and starts it on the same data.
    pub fn restart(&mut self) -> Result<()> {
        self.process.stop()?;
        self.process = serve(&self.programs, &self.scratch, &self.port, self.settings)?;
        Ok(())
    }

    /// Stops it, keeps a copy of its data, and starts it again.
    pub fn back_up(&mut self) -> Result<()> {
        self.process.stop()?;
        copy(&self.scratch.join("data"), &self.scratch.join("backup"))?;
        self.process = serve(&self.programs, &self.scratch, &self.port, self.settings)?;
        Ok(())
    }

    /// Stops it and starts it on the data as it was when it was backed up, as after a failover to a standby that was behind.
    pub fn restore(&mut self) -> Result<()> {
        self.process.stop()?;
        copy(&self.scratch.join("backup"), &self.scratch.join("data"))?;
        self.process = serve(&self.programs, &self.scratch, &self.port, self.settings)?;
        Ok(())
    }

    /// The URL of one of its databases. `postgres` is there from the beginning.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates a database and returns its URL.
    pub fn create_database(&self, name: &str) -> Result<String> {
        self.psql("postgres", &format!("CREATE DATABASE \"{name}\""))?;
        Ok(self.url(name))
    }

    /// Runs SQL and returns the rows, without headings.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", sql]);
        psql.arg(self.url(database));
        Ok(String::from_utf8_lossy(&command::output(psql)?.stdout).trim_end().to_owned())
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// Starts the server on its data.
fn serve(programs: &Path, scratch: &Scratch, port: &Port, settings: &[&str]) -> Result<Process> {
    let mut server = Command::new(programs.join("postgres"));
    server.arg("-D").arg(scratch.join("data")).args(["-p", &port.to_string()]).current_dir(scratch.path());
    server.arg("-k").arg(scratch.path());
    for setting in COMMON.iter().chain(settings) {
        server.args(["-c", setting]);
    }
    let log = scratch.join("log");
    let mut process = Launch::new("PostgreSQL", server, log).user(system_user()).ending(Ending::Interrupt).start()?;
    process.wait_until(Duration::from_secs(30), || ready(programs, port))?;
    Ok(process)
}

/// Copies a data folder with its owner and rights, in place of what was there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot remove {}", to.display()))?;
    }
    let mut copy = Command::new("cp");
    copy.arg("-a").arg(from).arg(to);
    command::output(copy)?;
    Ok(())
}

/// Who it runs as: it refuses to run as root.
fn system_user() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then_some(SYSTEM_USER)
}

fn ready(programs: &Path, port: &Port) -> bool {
    let mut probe = Command::new(programs.join("pg_isready"));
    probe.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
    command::output(probe).is_ok()
}

fn give_to(scratch: &Scratch, user: &str) -> Result<()> {
    let users = fs::read_to_string("/etc/passwd").context("cannot read the list of users")?;
    let id = |line: &str, place: usize| line.split(':').nth(place)?.parse::<u32>().ok();
    let entry = users.lines().find(|line| line.split(':').next() == Some(user));
    let entry = entry.with_context(|| format!("there is no user {user}, which the Debian package makes"))?;
    std::os::unix::fs::chown(scratch.path(), id(entry, 2), id(entry, 3))?;
    Ok(())
}
