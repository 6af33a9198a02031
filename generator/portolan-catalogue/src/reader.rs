//! Runs the Go program beside this crate, which reads the code of the modules.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What one package and all that it calls reads.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) keys: Vec<CodeKey>,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    #[serde(default)]
    pub(crate) native: Vec<String>,
    #[serde(default)]
    pub(crate) reaches: Vec<String>,
}

/// A name and how it is read.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CodeKey {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    /// The Go type, empty for a look-up.
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) exact: bool,
    /// `prefix` or `suffix`.
    #[serde(rename = "match", default)]
    pub(crate) matches: Option<String>,
    #[serde(default)]
    pub(crate) trigger: bool,
    #[serde(default)]
    pub(crate) authentication: bool,
    pub(crate) tag: Option<Tag>,
}

/// What a scaler's field says of itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tag {
    pub(crate) optional: bool,
    pub(crate) default: Option<String>,
    pub(crate) order: Vec<String>,
    #[serde(rename = "enum")]
    pub(crate) allowed: Vec<String>,
    pub(crate) separator: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) announced: bool,
    pub(crate) alternatives: Vec<String>,
}

/// One call that makes a type known to daprd.
#[derive(Debug, Deserialize)]
pub(crate) struct Registration {
    pub(crate) block: String,
    pub(crate) names: Vec<String>,
    /// Folders of the constructors, by version; the version is empty where there is one.
    pub(crate) packages: BTreeMap<String, String>,
    pub(crate) tags: String,
    #[serde(default)]
    pub(crate) direction: Option<String>,
}

impl Registration {
    /// The smallest build of daprd that has it.
    pub(crate) fn build(&self) -> &'static str {
        if self.tags.contains("stablecomponents") { "stable" } else { "all" }
    }
}

/// What the packages of the components' module read.
pub(crate) fn components(module: &Path, folders: &[String]) -> Result<BTreeMap<String, Report>> {
    run("components", module, "github.com/dapr/components-contrib", folders)
}

/// What daprd registers.
pub(crate) fn registrations(folder: &Path) -> Result<Vec<Registration>> {
    run("registrations", folder, "github.com/dapr/dapr", &[])
}

/// What KEDA's scalers read.
pub(crate) fn scalers(module: &Path) -> Result<BTreeMap<String, Report>> {
    run("scalers", module, "github.com/kedacore/keda/v2", &[])
}

fn run<T: DeserializeOwned>(what: &str, module: &Path, module_path: &str, folders: &[String]) -> Result<T> {
    let mut reader = Command::new(portolan_parts::go()?);
    reader
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("reader"))
        .envs([
            ("GOFLAGS", "-mod=mod -buildvcs=false"),
            ("GOTOOLCHAIN", "local"),
            ("GOWORK", "off"),
            ("CGO_ENABLED", "0"),
        ])
        .args(["run", ".", what])
        .arg(module)
        .arg(module_path)
        .args(folders);
    let output = reader.output().context("the Go program cannot be started")?;
    if !output.status.success() {
        bail!("the reader failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("the reader's answer cannot be read")
}
