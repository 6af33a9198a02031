//! Parts as child processes that end with the value that stands for them, and with this process however it ends.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::{command, tool};

const POLL: Duration = Duration::from_millis(20);

/// How a part is asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At once: what it holds is thrown away anyway.
    Kill,
    /// By SIGINT: `PostgreSQL`'s fast shutdown, which also gives back shared memory.
    Interrupt,
    /// By SIGTERM: the part has something to say to others first, such as leaving a consumer group.
    Terminate,
}

/// What is to be started.
#[derive(Debug)]
pub struct Launch {
    /// What messages call it.
    pub name: &'static str,
    /// Program, arguments, environment and folder.
    pub command: Command,
    /// Where its output goes.
    pub log: PathBuf,
    /// Another user to run as.
    pub user: Option<&'static str>,
    /// How it ends.
    pub ending: Ending,
}

impl Launch {
    /// A part that is simply killed in the end.
    pub fn new(name: &'static str, command: Command, log: PathBuf) -> Self {
        Self { name, command, log, user: None, ending: Ending::Kill }
    }

    /// Ends it another way.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Runs it as another user.
    #[must_use]
    pub fn user(mut self, user: Option<&'static str>) -> Self {
        self.user = user;
        self
    }

    /// Starts it.
    pub fn start(self) -> Result<Process> {
        let log = File::create(&self.log).with_context(|| format!("cannot create {}", self.log.display()))?;
        let mut tied = self.tied()?;
        tied.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let child = spawn(tied).with_context(|| format!("cannot start {}", self.name))?;
        Ok(Process { name: self.name, child, log: self.log, ending: self.ending })
    }

    /// The same command behind one that has the kernel end it with its parent, and that changes the user where asked: a change of
    /// user afterwards would clear the tie.
    fn tied(&self) -> Result<Command> {
        let mut tied = Command::new(tool::setpriv()?);
        tied.args(["--pdeathsig", self.ending.death_signal()]);
        if let Some(user) = self.user {
            tied.args(["--reuid", user, "--regid", user, "--init-groups"]);
        }
        tied.arg("--").arg(self.command.get_program()).args(self.command.get_args());
        for (key, value) in self.command.get_envs() {
            match value {
                Some(value) => tied.env(key, value),
                None => tied.env_remove(key),
            };
        }
        if let Some(folder) = self.command.get_current_dir() {
            tied.current_dir(folder);
        }
        Ok(tied)
    }
}

impl Ending {
    /// What the kernel sends when this process is gone: nobody is left then to insist, so only a part that is known to obey is asked.
    fn death_signal(self) -> &'static str {
        match self {
            Self::Kill | Self::Terminate => "KILL",
            Self::Interrupt => "INT",
        }
    }

    fn request(self) -> Option<Signal> {
        match self {
            Self::Kill => None,
            Self::Interrupt => Some(Signal::INT),
            Self::Terminate => Some(Signal::TERM),
        }
    }
}

/// Starts a child from a thread that lives as long as the process. The kernel's tie is to the thread that started the child, and the
/// threads that run tests end with their test, while a part may be shared by several.
fn spawn(command: Command) -> io::Result<Child> {
    type Request = (Command, Sender<io::Result<Child>>);
    static KEEPER: LazyLock<Mutex<Sender<Request>>> = LazyLock::new(|| {
        let (sender, requests) = channel::<Request>();
        thread::spawn(move || {
            for (mut command, answer) in requests {
                // Whoever asked may have given up.
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(sender)
    });
    let gone = || io::Error::other("the thread that starts parts is gone");
    let (answer, child) = channel();
    KEEPER.lock().unwrap_or_else(PoisonError::into_inner).send((command, answer)).map_err(|_| gone())?;
    child.recv().map_err(|_| gone())?
}

/// A running part.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
    ending: Ending,
}

impl Process {
    /// How long a part that was asked to end may take.
    const GRACE: Duration = Duration::from_secs(6);

    /// Its process id, which is its process group's too.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Its log so far.
    pub fn log_text(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Waits until it is ready. The error for a part that ended or is late shows the end of its log.
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}\n{}", self.name, command::tail(&self.log));
            }
            if ready() {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("{} is not ready after {limit:?}\n{}", self.name, command::tail(&self.log));
            }
            thread::sleep(POLL);
        }
    }

    /// Waits for one that does its work and ends; a failure shows the end of its log.
    pub fn finish(&mut self) -> Result<()> {
        let status = self.child.wait()?;
        if !status.success() {
            bail!("{} ended with {status}\n{}", self.name, command::tail(&self.log));
        }
        Ok(())
    }

    /// Whether it runs still.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) -> Result<ExitStatus> {
        // One that has ended gave its number back, and the number may be another's by now.
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        self.signal(Signal::KILL);
        Ok(self.child.wait()?)
    }

    /// Ends it the way that suits it; one that takes too long is killed.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        match self.leave(Self::GRACE)? {
            Some(status) => Ok(status),
            None => self.kill(),
        }
    }

    /// Asks it to end the way that suits it, where there is one; how it did, if it did in this time.
    pub fn leave(&mut self, time: Duration) -> Result<Option<ExitStatus>> {
        let Some(signal) = self.ending.request() else { return Ok(None) };
        self.signal(signal);
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            thread::sleep(POLL);
        }
        Ok(None)
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself, and then there is nobody to signal.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_running() {
            // Dropping cannot fail; a part that outlives its kill is the kernel's to report.
            let _ = self.stop();
        }
    }
}
