//! A program that is measured.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use portolan_parts::{Ending, Launch, Port, Process, http};

use crate::ground::Ground;

/// How long anything may take to be ready.
const READY: Duration = Duration::from_mins(1);

/// The running program.
pub(crate) struct Subject {
    process: Process,
    pub(crate) port: Port,
    /// When it was started, in microseconds since 1970.
    pub(crate) begun: i64,
}

impl Subject {
    /// Starts a service.
    pub(crate) fn service(ground: &Ground, name: &str, told: &[(&str, &str)]) -> Result<Self> {
        Self::start(ground, Command::new(ground.service(name)?), told)
    }

    /// Starts a peer.
    pub(crate) fn peer(ground: &Ground, name: &str, told: &[(&str, &str)]) -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peer"));
        command.arg(name);
        Self::start(ground, command, told)
    }

    /// It is told its port.
    fn start(ground: &Ground, mut command: Command, told: &[(&str, &str)]) -> Result<Self> {
        let port = Port::reserve()?;
        command.env("PORT", port.to_string()).envs(told.iter().copied());
        let log = ground.scratch.join(ground.name("log"));
        let begun = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?;
        let process = Launch::new("what is measured", command, log).ending(Ending::Terminate).start()?;
        Ok(Self { process, port, begun })
    }

    /// Waits until it listens.
    pub(crate) fn listening(&mut self) -> Result<()> {
        let port = self.port.number();
        self.process.wait_until(READY, || http::get(port, "/healthz").is_ok())
    }

    /// Waits until it is ready.
    pub(crate) fn ready(&mut self) -> Result<()> {
        let port = self.port.number();
        self.process.wait_until(READY, || http::get(port, "/readyz").is_ok_and(|answer| answer.status == 200))
    }

    /// Waits until it has ended, and what it printed.
    pub(crate) fn printed(&mut self) -> Result<String> {
        self.process.finish()?;
        Ok(self.process.log_text())
    }

    /// What it said last, for an error.
    pub(crate) fn told(&self) -> String {
        let text = self.process.log_text();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Memory that it holds now.
    pub(crate) fn megabytes(&self) -> Result<f64> {
        self.status("VmRSS")
    }

    /// The most memory that it has held.
    pub(crate) fn peak_megabytes(&self) -> Result<f64> {
        self.status("VmHWM")
    }

    fn status(&self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.pid()))?;
        let line = status.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name}"))?;
        let kilobytes: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}
