//! Debian packages: what only the distribution has, and the package clients themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{command, tool};

/// A package whose programs stay where it puts them.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// What messages call what is in it.
    pub what: &'static str,
    /// The folder of its programs, where it is installed.
    pub installed: fn() -> Option<PathBuf>,
}

/// `initdb` and `postgres`.
pub static POSTGRESQL: Package = Package { name: "postgresql", what: "PostgreSQL", installed: installed_postgresql };
/// `redis-server`, and `redis-cli` with it.
pub static REDIS: Package = Package { name: "redis-server", what: "Redis", installed: installed_redis };
/// `wrk`, which measures HTTP servers.
pub static WRK: Package = Package { name: "wrk", what: "wrk", installed: installed_wrk };
const POSTGRESQL_FOLDER: &str = "/usr/lib/postgresql";

/// Installs a package where that is possible, or says what to run.
pub fn install(package: &str, what: &str) -> Result<()> {
    let client = tool::on_path("apt-get");
    let (Some(client), true) = (client, rustix::process::geteuid().is_root()) else {
        bail!("{what} is missing: run `sudo apt-get install {package}`");
    };
    let install = || {
        let mut apt = Command::new(&client);
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-y", "-qq", "--no-install-recommends", package]);
        command::output(apt)
    };
    // Package lists are often fresh enough, and reading them anew takes longer than the installation.
    if install().is_err() {
        let mut update = Command::new(&client);
        update.args(["update", "-qq"]);
        command::output(update)?;
        install().with_context(|| format!("{what} is missing and `apt-get install {package}` failed"))?;
    }
    Ok(())
}

impl Package {
    /// The folder of its programs, installed first where need be.
    pub fn folder(&self) -> Result<PathBuf> {
        if let Some(folder) = (self.installed)() {
            return Ok(folder);
        }
        install(self.name, self.what)?;
        (self.installed)().with_context(|| format!("{} is installed, but {} is not to be found", self.name, self.what))
    }
}

/// The version that the table names if it is there, else the newest. What is on the path may be a wrapper.
fn installed_postgresql() -> Option<PathBuf> {
    let mut versions: Vec<u32> = fs::read_dir(POSTGRESQL_FOLDER)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_by_key(|version| (*version == 15, *version));
    let folders = versions.iter().rev().map(|version| Path::new(POSTGRESQL_FOLDER).join(version.to_string()));
    folders.map(|folder| folder.join("bin")).find(|folder| folder.join("initdb").is_file())
}

fn installed_redis() -> Option<PathBuf> {
    tool::on_path("redis-server")?.parent().map(Path::to_owned)
}

fn installed_wrk() -> Option<PathBuf> {
    tool::on_path("wrk")?.parent().map(Path::to_owned)
}
