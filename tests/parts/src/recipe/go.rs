//! Programs built from Go modules, and files that such modules carry.
//!
//! Each upstream has a small module of ours beside this crate, with the requirements and the checksums that built as they stand. The
//! build runs in a copy, because the client may write to both files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Site;
use crate::{command, tool};

/// A module of ours that requires one upstream.
#[derive(Debug)]
pub struct Module {
    go_mod: &'static str,
    go_sum: &'static str,
}

macro_rules! module {
    ($folder:literal) => {
        Module {
            go_mod: include_str!(concat!("../../go/", $folder, "/go.mod")),
            go_sum: include_str!(concat!("../../go/", $folder, "/go.sum")),
        }
    };
}

impl Module {
    /// etcd.
    pub const ETCD: Self = module!("etcd");
    /// Kubernetes.
    pub const KUBERNETES: Self = module!("kubernetes");
    /// Dapr, at daprd's version.
    pub const DAPR: Self = module!("dapr");
    /// Dapr, at the scheduler's version.
    pub const DAPR_SCHEDULER: Self = module!("dapr-scheduler");
    /// KEDA.
    pub const KEDA: Self = module!("keda");
    /// Dapr and its components, one minor version back: files only, so only their own checksums.
    pub const DAPR_1_17: Self = module!("dapr-1.17");
    /// KEDA, one minor version back: files only.
    pub const KEDA_2_20: Self = module!("keda-2.20");
    /// External Secrets: its files only, so only its own checksums.
    pub const EXTERNAL_SECRETS: Self = module!("external-secrets");
    /// The Prometheus Operator: files only.
    pub const PROMETHEUS_OPERATOR: Self = module!("prometheus-operator");

    /// Writes the module into `folder` and returns the client, set to work there at low priority.
    fn client(&self, folder: &Path) -> Result<Command> {
        fs::write(folder.join("go.mod"), self.go_mod)?;
        fs::write(folder.join("go.sum"), self.go_sum)?;
        let mut client = Command::new("nice");
        client
            .args(["-n", "10"])
            .arg(tool::go()?)
            .current_dir(folder)
            .env("CGO_ENABLED", "0")
            .env("GOFLAGS", "-mod=mod -buildvcs=false")
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "off");
        Ok(client)
    }
}

/// A program built from a module.
#[derive(Debug)]
pub struct Program {
    /// Where its requirements stand.
    pub module: Module,
    /// The package with its `main`.
    pub package: &'static str,
    /// Build tags.
    pub tags: Option<&'static str>,
    /// Linker flags: without the version in them clients reject the server.
    pub ldflags: &'static str,
}

impl Program {
    /// Builds it, named as its part.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        let name = site.out.file_name().context("a build folder has a name")?;
        let mut client = self.module.client(&site.work)?;
        client.args(["build", "-trimpath", "-ldflags", self.ldflags]);
        if let Some(tags) = self.tags {
            client.args(["-tags", tags]);
        }
        client.arg("-o").arg(site.out.join(name)).arg(self.package);
        command::run(client, &site.log)
    }
}

/// Files that a module carries beside its code.
#[derive(Debug)]
pub struct Files {
    /// Where its checksums stand.
    pub module: Module,
    /// The upstream's path.
    pub module_path: &'static str,
    /// The upstream's version.
    pub version: &'static str,
    /// Folders and files of the module, and what each is called in the part.
    pub copies: &'static [(&'static str, &'static str)],
    /// Only files whose name ends in one of these.
    pub endings: &'static [&'static str],
}

impl Files {
    /// Dapr's Helm chart, with its resource definitions in it.
    pub const DAPR_CHART: Self = Self {
        module: Module::DAPR,
        module_path: "github.com/dapr/dapr",
        version: "v1.18.1",
        copies: &[("charts/dapr", "dapr")],
        endings: &[""],
    };
    /// KEDA's resource definitions, and its own schema of all scalers.
    pub const KEDA_CRDS: Self = Self {
        module: Module::KEDA,
        module_path: "github.com/kedacore/keda/v2",
        version: "v2.21.0",
        copies: &[("config/crd/bases", "crds"), ("schema/generated", "schema")],
        endings: &[""],
    };
    /// External Secrets' resource definitions.
    pub const EXTERNAL_SECRETS_CRDS: Self = Self {
        module: Module::EXTERNAL_SECRETS,
        module_path: "github.com/external-secrets/external-secrets",
        version: "v1.3.2",
        copies: &[("config/crds/bases", "crds")],
        // Beside the definitions stands a kustomization, which is no resource.
        endings: &["s.yaml"],
    };
    /// What the Prometheus Operator reads of a stack; its other definitions are large, and nobody here needs them.
    pub const PROMETHEUS_OPERATOR_CRDS: Self = Self {
        module: Module::PROMETHEUS_OPERATOR,
        module_path: "github.com/prometheus-operator/prometheus-operator",
        version: "v0.90.1",
        copies: &[("example/prometheus-operator-crd", "crds")],
        endings: &["podmonitors.yaml", "prometheusrules.yaml"],
    };

    /// Downloads the module and copies what is wanted of it.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        let module = self.download(site)?;
        for (from, to) in self.copies {
            copy_tree(&module.join(from), &site.out.join(to), self.endings)?;
        }
        Ok(())
    }

    fn download(&self, site: &Site) -> Result<PathBuf> {
        let mut client = self.module.client(&site.work)?;
        client.args(["mod", "download", "-json"]).arg(format!("{}@{}", self.module_path, self.version));
        let answer: serde_json::Value = serde_json::from_slice(&command::output(client)?.stdout)
            .with_context(|| format!("`go mod download -json {}` answered no JSON", self.module_path))?;
        let folder = answer["Dir"].as_str().with_context(|| format!("`go mod download` names no folder: {answer}"))?;
        Ok(PathBuf::from(folder))
    }
}

/// Copies the files below `from` whose name ends in one of `endings`; modules are read-only in the client's cache, copies are not.
fn copy_tree(from: &Path, to: &Path, endings: &[&str]) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("the module has no folder {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, endings)?;
        } else if endings.iter().any(|ending| entry.file_name().to_string_lossy().ends_with(ending)) {
            fs::create_dir_all(to)?;
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
