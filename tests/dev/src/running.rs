//! A service's process and its sidecar.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use portolan_parts::{Daprd, Ending, Launch, Port, Process, Scheduler, http};

use crate::resources::Resources;

/// How long a service may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service that runs. It ends before its sidecar.
pub(crate) struct Running {
    pub(crate) name: String,
    process: Process,
    sidecar: Option<Daprd>,
    port: Port,
}

impl Running {
    pub(crate) fn start(
        name: &str,
        program: &Path,
        port: Port,
        environment: Vec<(String, String)>,
        log: PathBuf,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command.envs(environment);
        let process = Launch::new("a service", command, log).ending(Ending::Terminate).start();
        let process = process.with_context(|| name.to_owned())?;
        Ok(Self { name: name.to_owned(), process, sidecar: None, port })
    }

    /// Gives it its sidecar, which listens at these ports.
    pub(crate) fn attach(
        &mut self,
        resources: &Resources,
        scheduler: &Scheduler,
        (http, grpc): (Arc<Port>, Arc<Port>),
    ) -> Result<()> {
        let sidecar = Daprd::builder(&self.name)
            .resources(&resources.folder)
            .config(resources.configuration(&self.name))
            .namespace("todo-app-dev")
            .env("POD_NAME", &format!("{}-0", self.name))
            .arg("--max-body-size=4194304")
            .arg("--enable-app-health-check=true")
            .arg("--app-health-check-path=/healthz")
            .app_port(self.port.number())
            .ports(http, grpc)
            .scheduler(scheduler)
            .patience(PATIENCE);
        self.sidecar = Some(sidecar.start().with_context(|| self.name.clone())?);
        Ok(())
    }

    pub(crate) fn ready(&mut self) -> Result<()> {
        let port = self.port.number();
        let ready = || http::get(port, "/readyz").is_ok_and(|answer| answer.status == 200);
        self.process.wait_until(PATIENCE, ready).with_context(|| format!("{} is not ready", self.name))
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }

    pub(crate) fn sidecar_port(&self) -> Option<u16> {
        self.sidecar.as_ref().map(Daprd::http_port)
    }

    /// Its logs, each under a name.
    pub(crate) fn logs(&mut self) -> Vec<(String, PathBuf)> {
        let own = (self.name.clone(), self.process.log().to_owned());
        let sidecar = self.sidecar.as_mut();
        let sidecar = sidecar.map(|sidecar| (format!("{}/daprd", self.name), sidecar.process().log().to_owned()));
        [own].into_iter().chain(sidecar).collect()
    }
}
