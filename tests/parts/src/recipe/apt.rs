//! Debian packages: what only the distribution has, and the package clients themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{command, tool};

/// The package with `initdb` and `postgres` in it.
pub const POSTGRESQL: &str = "postgresql";
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

/// Where the real programs of `PostgreSQL` stand, installed first where need be. What is on the path may be a wrapper.
pub fn postgresql() -> Result<PathBuf> {
    if let Some(folder) = installed_postgresql() {
        return Ok(folder);
    }
    install(POSTGRESQL, "PostgreSQL")?;
    installed_postgresql().with_context(|| format!("{POSTGRESQL} is installed, but {POSTGRESQL_FOLDER} has no initdb"))
}

/// Where they stand now: the version that the table names if it is there, else the newest.
pub fn installed_postgresql() -> Option<PathBuf> {
    let mut versions: Vec<u32> = fs::read_dir(POSTGRESQL_FOLDER)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_by_key(|version| (*version == 15, *version));
    let folders = versions.iter().rev().map(|version| Path::new(POSTGRESQL_FOLDER).join(version.to_string()));
    folders.into_iter().find(|folder| folder.join("bin/initdb").is_file())
}
