//! A Dapr sidecar outside Kubernetes.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::http::{self, Response};
use crate::{Ending, Launch, Port, Process, Scheduler, Scratch, cache};

/// A running, ready sidecar.
#[derive(Debug)]
pub struct Daprd {
    process: Process,
    http: Arc<Port>,
    grpc: Arc<Port>,
    metrics: Port,
    _internal: Port,
    _scratch: Scratch,
}

/// A sidecar to be.
#[derive(Debug)]
pub struct DaprdBuilder {
    app_id: String,
    app_port: Option<u16>,
    resources: Vec<PathBuf>,
    config: Option<PathBuf>,
    scheduler: Option<String>,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    ports: Option<(Arc<Port>, Arc<Port>)>,
    patience: Duration,
}

impl Daprd {
    /// Begins to describe the sidecar of an app.
    pub fn builder(app_id: &str) -> DaprdBuilder {
        DaprdBuilder {
            app_id: app_id.to_owned(),
            app_port: None,
            resources: Vec::new(),
            config: None,
            scheduler: None,
            environment: Vec::new(),
            arguments: Vec::new(),
            ports: None,
            patience: Duration::from_secs(30),
        }
    }

    /// The port of its HTTP API.
    pub fn http_port(&self) -> u16 {
        self.http.number()
    }

    /// The port of its gRPC API.
    pub fn grpc_port(&self) -> u16 {
        self.grpc.number()
    }

    /// The port of its metrics.
    pub fn metrics_port(&self) -> u16 {
        self.metrics.number()
    }

    /// What it has loaded: components with capabilities, subscriptions, the scheduler.
    pub fn metadata(&self) -> Result<Value> {
        let answer = http::get(self.http_port(), "/v1.0/metadata")?;
        serde_json::from_slice(&answer.body).with_context(|| format!("metadata is no JSON: {}", answer.text()))
    }

    /// Publishes an event; anything but success is an error with what the sidecar said.
    pub fn publish(&self, pubsub: &str, topic: &str, content_type: &str, body: &[u8]) -> Result<()> {
        let answer = self.post(&format!("/v1.0/publish/{pubsub}/{topic}"), content_type, body)?;
        ensure!(answer.status == 204, "publishing to {topic} answered {}: {}", answer.status, answer.text());
        Ok(())
    }

    /// Any GET of its API.
    pub fn get(&self, path: &str) -> Result<Response> {
        http::get(self.http_port(), path)
    }

    /// Any POST of its API.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Result<Response> {
        http::post(self.http_port(), path, content_type, body)
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.process.log_text()
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

impl DaprdBuilder {
    /// A folder with components, subscriptions and the like.
    #[must_use]
    pub fn resources(mut self, folder: impl Into<PathBuf>) -> Self {
        self.resources.push(folder.into());
        self
    }

    /// A file with a Configuration.
    #[must_use]
    pub fn config(mut self, file: impl Into<PathBuf>) -> Self {
        self.config = Some(file.into());
        self
    }

    /// The namespace it takes itself to be in.
    #[must_use]
    pub fn namespace(self, name: &str) -> Self {
        self.env("NAMESPACE", name)
    }

    /// The port on which the app serves HTTP.
    #[must_use]
    pub fn app_port(mut self, port: u16) -> Self {
        self.app_port = Some(port);
        self
    }

    /// The ports of its HTTP and gRPC API, for an app that has to know them before the sidecar is there.
    #[must_use]
    pub fn ports(mut self, http: Arc<Port>, grpc: Arc<Port>) -> Self {
        self.ports = Some((http, grpc));
        self
    }

    /// The scheduler that keeps its jobs.
    #[must_use]
    pub fn scheduler(mut self, scheduler: &Scheduler) -> Self {
        self.scheduler = Some(scheduler.address());
        self
    }

    /// A variable of its environment.
    #[must_use]
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.environment.push((key.to_owned(), value.to_owned()));
        self
    }

    /// A further argument.
    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// How long it may take to be ready, 30 s unless told otherwise.
    #[must_use]
    pub fn patience(mut self, limit: Duration) -> Self {
        self.patience = limit;
        self
    }

    /// Starts it and waits until it and its components are ready. A sidecar that gives up is an error with its log.
    pub fn start(self) -> Result<Daprd> {
        let scratch = Scratch::new("daprd")?;
        let mut command = self.command()?;
        let (http, grpc) = match self.ports {
            Some(ports) => ports,
            None => (Arc::new(Port::reserve()?), Arc::new(Port::reserve()?)),
        };
        let (internal, metrics) = (Port::reserve()?, Port::reserve()?);
        command.arg(format!("--dapr-http-port={http}")).arg(format!("--dapr-grpc-port={grpc}"));
        command.arg(format!("--dapr-internal-grpc-port={internal}")).arg(format!("--metrics-port={metrics}"));
        command.current_dir(scratch.path());
        // Killed without a word it would stay a member of its consumer group until the session times out.
        let launch = Launch::new("daprd", command, scratch.join("log")).ending(Ending::Terminate);
        let mut process = launch.start()?;
        let number = http.number();
        process.wait_until(self.patience, || {
            http::get(number, "/v1.0/healthz").is_ok_and(|answer| answer.status == 204)
        })?;
        Ok(Daprd { process, http, grpc, metrics, _internal: internal, _scratch: scratch })
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(cache::program("daprd")?);
        command.args(["--app-id", &self.app_id, "--app-protocol=http"]);
        command.args(["--dapr-listen-addresses=127.0.0.1", "--dapr-internal-grpc-listen-address=127.0.0.1"]);
        command.args(["--metrics-listen-address=127.0.0.1", "--dapr-graceful-shutdown-seconds=2"]);
        if let Some(port) = self.app_port {
            command.arg(format!("--app-port={port}"));
        }
        for folder in &self.resources {
            command.arg("--resources-path").arg(folder);
        }
        if let Some(file) = &self.config {
            command.arg("--config").arg(file);
        }
        if let Some(address) = &self.scheduler {
            command.args(["--scheduler-host-address", address]);
        }
        command.args(&self.arguments);
        command.envs(self.environment.iter().map(|(key, value)| (key, value)));
        Ok(command)
    }
}
