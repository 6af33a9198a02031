//! Dapr's scheduler.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::{Launch, Port, Process, Scratch, cache, http};

/// A running scheduler without jobs.
#[derive(Debug)]
pub struct Scheduler {
    process: Process,
    port: Port,
    _ports: [Port; 4],
    _scratch: Scratch,
}

impl Scheduler {
    /// Starts one.
    pub fn start() -> Result<Self> {
        let scratch = Scratch::new("scheduler")?;
        let port = Port::reserve()?;
        let ports = [Port::reserve()?, Port::reserve()?, Port::reserve()?, Port::reserve()?];
        let [health, client, peer, metrics] = &ports;
        let mut command = Command::new(cache::program("scheduler")?);
        // Version 1.18.3 takes the address for health checks and listens everywhere for them all the same; nothing else leaves
        // the loopback.
        let listening = ["--listen-address", "--healthz-listen-address", "--metrics-listen-address"];
        command.args(listening.map(|flag| format!("{flag}=127.0.0.1"))).arg("--id=dapr-scheduler-server-0");
        command.arg(format!("--port={port}")).arg(format!("--healthz-port={health}"));
        command.arg(format!("--etcd-client-port={client}")).arg(format!("--metrics-port={metrics}"));
        command.arg(format!("--etcd-initial-cluster=dapr-scheduler-server-0=http://127.0.0.1:{peer}"));
        command.arg(format!("--override-broadcast-host-port=127.0.0.1:{port}"));
        command.arg("--etcd-data-dir").arg(scratch.join("data"));
        let mut process = Launch::new("scheduler", command, scratch.join("log")).start()?;
        let healthy = || http::get(health.number(), "/healthz").is_ok_and(|answer| answer.status < 300);
        process.wait_until(Duration::from_secs(30), healthy)?;
        Ok(Self { process, port, _ports: ports, _scratch: scratch })
    }

    /// Where sidecars connect.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}
