//! etcd.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::http;
use crate::{Launch, Port, Process, Scratch, cache};

/// A running etcd with an empty store.
#[derive(Debug)]
pub struct Etcd {
    process: Process,
    client: Port,
    _peer: Port,
    _scratch: Scratch,
}

impl Etcd {
    /// Starts one.
    pub fn start() -> Result<Self> {
        let scratch = Scratch::new("etcd")?;
        let (client, peer) = (Port::reserve()?, Port::reserve()?);
        let client_url = format!("http://127.0.0.1:{client}");
        let peer_url = format!("http://127.0.0.1:{peer}");
        let mut command = Command::new(cache::program("etcd")?);
        // What it stores is thrown away, so nothing waits for a disk.
        command.arg("--unsafe-no-fsync").arg("--data-dir").arg(scratch.join("data"));
        command.args(["--listen-client-urls", &client_url, "--advertise-client-urls", &client_url]);
        command.args(["--listen-peer-urls", &peer_url, "--initial-advertise-peer-urls", &peer_url]);
        command.args(["--initial-cluster", &format!("default={peer_url}")]);
        let mut process = Launch::new("etcd", command, scratch.join("log")).start()?;
        process.wait_until(Duration::from_secs(30), || {
            http::get(client.number(), "/health").is_ok_and(|health| health.status == 200)
        })?;
        Ok(Self { process, client, _peer: peer, _scratch: scratch })
    }

    /// Where clients connect.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.client)
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}
