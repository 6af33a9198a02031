//! The Kubernetes API: the real server on an etcd of its own, without nodes or controllers.

use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::certificates::{self, Authority};
use crate::{Crds, Etcd, Launch, Port, Process, Scratch, cache, command, tools};

const TOKEN: &str = "portolan-parts-admin";
const KUBECONFIG: &str = "kubeconfig";

/// A running Kubernetes API.
#[derive(Debug)]
pub struct KubernetesApi {
    process: Process,
    _etcd: Etcd,
    port: Port,
    scratch: Scratch,
}

impl KubernetesApi {
    /// Starts one with all [`Crds`] installed and established.
    pub fn start() -> Result<Self> {
        let api = Self::bare()?;
        api.install_crds(&Crds::ALL)?;
        Ok(api)
    }

    /// Starts one that knows Kubernetes' own kinds only.
    pub fn bare() -> Result<Self> {
        let scratch = Scratch::new("kubernetes")?;
        let port = Port::reserve()?;
        let etcd = Etcd::start()?;
        let authority = Authority::create(scratch.path())?;
        scratch.write(KUBECONFIG, kubeconfig(&authority, &port))?;
        let command = server(&scratch, &authority, &etcd, &port)?;
        let mut process = Launch::new("kube-apiserver", command, scratch.join("log")).start()?;
        process.wait_until(Duration::from_mins(1), || is_ready(&scratch, &port))?;
        Ok(Self { process, _etcd: etcd, port, scratch })
    }

    /// Installs definitions and waits until the server serves them.
    pub fn install_crds(&self, groups: &[Crds]) -> Result<()> {
        let mut apply = self.command()?;
        apply.args(["apply", "--server-side", "--validate=false"]);
        for group in groups {
            apply.arg("-f").arg(group.folder()?);
        }
        command::output(apply)?;
        self.wait_until_served()
    }

    /// Lists every defined kind until that succeeds: a definition can be established a moment before its kind is in the server's
    /// index. `kubectl wait` takes four seconds longer for this many, as it asks for one after the other.
    fn wait_until_served(&self) -> Result<()> {
        let names = String::from_utf8(self.kubectl(&["get", "crd", "-o", "name"])?.stdout)?;
        let kinds: Vec<&str> = names.lines().filter_map(|name| Some(name.split_once('/')?.1)).collect();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match self.kubectl(&["get", &kinds.join(",")]) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Runs kubectl against it; an exit code other than 0 is an error with what it said.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<Output> {
        let mut kubectl = self.command()?;
        kubectl.args(arguments);
        command::output(kubectl)
    }

    /// A kubectl command set to it, for what [`Self::kubectl`] cannot do.
    pub fn command(&self) -> Result<Command> {
        client(&self.scratch)
    }

    /// Creates a namespace.
    pub fn create_namespace(&self, name: &str) -> Result<()> {
        self.kubectl(&["create", "namespace", name])?;
        Ok(())
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.scratch.join(KUBECONFIG)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The server's process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

fn server(scratch: &Scratch, authority: &Authority, etcd: &Etcd, port: &Port) -> Result<Command> {
    let certificate = authority.server("apiserver")?;
    let (private, public) = certificates::key_pair(scratch.path(), "service-accounts")?;
    let tokens = scratch.write("tokens.csv", format!("{TOKEN},admin,admin,\"system:masters\"\n"))?;

    let mut server = Command::new(cache::program("kube-apiserver")?);
    server.args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--authorization-mode=Node,RBAC"]);
    server.args(["--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default.svc"]);
    // Nobody reaches it through the `kubernetes` service, and a loopback address there is refused at every round.
    server.args(["--endpoint-reconciler-type=none", "--allow-privileged=true"]);
    server.arg(format!("--etcd-servers={}", etcd.url())).arg(format!("--secure-port={port}"));
    for (flag, file) in [
        ("--cert-dir", scratch.path()),
        ("--tls-cert-file", &certificate.certificate),
        ("--tls-private-key-file", &certificate.key),
        ("--token-auth-file", &tokens),
        ("--service-account-key-file", &public),
        ("--service-account-signing-key-file", &private),
    ] {
        server.arg(flag).arg(file);
    }
    Ok(server)
}

fn kubeconfig(authority: &Authority, port: &Port) -> String {
    format!(
        "apiVersion: v1
kind: Config
current-context: parts
contexts:
- name: parts
  context: {{ cluster: parts, user: admin }}
clusters:
- name: parts
  cluster:
    server: https://127.0.0.1:{port}
    certificate-authority: {}
users:
- name: admin
  user: {{ token: {TOKEN} }}
",
        authority.file().display()
    )
}

fn client(scratch: &Scratch) -> Result<Command> {
    let mut kubectl = tools::kubectl()?;
    kubectl.arg("--kubeconfig").arg(scratch.join(KUBECONFIG));
    // What a server offers is cached by its address, and another server may come to the same port.
    kubectl.arg("--cache-dir").arg(scratch.join("kubectl-cache"));
    Ok(kubectl)
}

/// Ready is when its own start-up is done and the namespace that everyone uses is there.
fn is_ready(scratch: &Scratch, port: &Port) -> bool {
    // Asking costs a process each time, so only a server that listens is asked.
    if TcpStream::connect((Ipv4Addr::LOCALHOST, port.number())).is_err() {
        return false;
    }
    ["/readyz", "/api/v1/namespaces/default"].iter().all(|path| {
        client(scratch).is_ok_and(|mut kubectl| {
            kubectl.args(["get", "--raw", path]);
            command::output(kubectl).is_ok()
        })
    })
}
