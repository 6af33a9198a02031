//! A Redis server that demands TLS and a password, as those that are run for others do.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::certificates::Authority;
use crate::recipe::apt;
use crate::{Launch, Port, Process, Scratch, command};

/// Its data is thrown away, so nothing is written.
const SETTINGS: [&str; 10] =
    ["--bind", "127.0.0.1", "--port", "0", "--save", "", "--appendonly", "no", "--tls-auth-clients", "no"];

/// A running server.
#[derive(Debug)]
pub struct Redis {
    process: Process,
    port: Port,
    client: Client,
    authority: Authority,
    _scratch: Scratch,
}

impl Redis {
    /// Starts one with this password.
    pub fn start(password: &str) -> Result<Self> {
        let programs = apt::REDIS.folder()?;
        let scratch = Scratch::new("redis")?;
        let authority = Authority::create(scratch.path())?;
        let certificate = authority.server("redis")?;
        let port = Port::reserve()?;
        let mut server = Command::new(programs.join("redis-server"));
        server.args(SETTINGS).args(["--tls-port", &port.to_string(), "--requirepass", password]);
        server.arg("--tls-cert-file").arg(&certificate.certificate).arg("--tls-key-file").arg(&certificate.key);
        server.arg("--tls-ca-cert-file").arg(authority.file()).current_dir(scratch.path());
        let mut process = Launch::new("Redis", server, scratch.join("log")).start()?;
        let client = Client { programs, port: port.number(), password: password.to_owned(), ca: authority.file() };
        process.wait_until(Duration::from_secs(30), || client.run(&["PING"]).is_ok_and(|answer| answer == "PONG"))?;
        Ok(Self { process, port, client, authority, _scratch: scratch })
    }

    /// Where it listens. Its certificate has this name.
    pub fn address(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The authority that clients must trust, as a file.
    pub fn ca_file(&self) -> PathBuf {
        self.authority.file()
    }

    /// Runs a command and returns what it answered.
    pub fn command(&self, words: &[&str]) -> Result<String> {
        self.client.run(words)
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// How `redis-cli` reaches it.
#[derive(Debug)]
struct Client {
    programs: PathBuf,
    port: u16,
    password: String,
    ca: PathBuf,
}

impl Client {
    fn run(&self, words: &[&str]) -> Result<String> {
        let mut client = Command::new(self.programs.join("redis-cli"));
        client.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-e", "--tls"]);
        client.arg("--cacert").arg(&self.ca).env("REDISCLI_AUTH", &self.password).args(words);
        Ok(String::from_utf8_lossy(&command::output(client)?.stdout).trim_end().to_owned())
    }
}
