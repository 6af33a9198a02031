//! npm packages, with the digest of each package pinned: some files of one, or a program with all that it imports.

use std::fs::{self, File};
use std::io;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use super::Site;
use crate::{command, tool};

/// Some files of one version of a package.
#[derive(Debug)]
pub struct Package {
    /// The package.
    pub name: &'static str,
    version: &'static str,
    /// SHA-256 of the package as npm brings it.
    digest: &'static str,
    /// The files that are kept.
    files: &'static [&'static str],
}

/// A program of ours with the packages that it imports, each with its digest in the lock file.
#[derive(Debug)]
pub struct Program {
    /// The package that it is there for.
    pub name: &'static str,
    package: &'static str,
    lock: &'static str,
    server: &'static str,
}

impl Program {
    /// better-auth, with users and sessions in memory.
    pub const BETTER_AUTH: Self = Self {
        name: "better-auth",
        package: include_str!("../../npm/better-auth/package.json"),
        lock: include_str!("../../npm/better-auth/package-lock.json"),
        server: include_str!("../../npm/better-auth/server.mjs"),
    };

    /// Fetches what the lock file names; no package runs anything.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        for (name, text) in
            [("package.json", self.package), ("package-lock.json", self.lock), ("server.mjs", self.server)]
        {
            fs::write(site.out.join(name), text)?;
        }
        let mut npm = Command::new(tool::npm()?);
        npm.args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&site.out);
        command::run(npm, &site.log)
    }
}

impl Package {
    /// The JSON Schema of `AsyncAPI` 3.0, under the Apache License 2.0.
    pub const ASYNCAPI: Self = Self {
        name: "@asyncapi/specs",
        version: "6.11.1",
        digest: "01af8744dc33c0c7eb2e908f6a955319ee58b70ecadc9387d1aeb16c0cd28928",
        files: &["schemas/3.0.0-without-$id.json", "LICENSE"],
    };

    /// Fetches the package and keeps the files.
    pub(super) fn build(&self, site: &Site) -> Result<()> {
        let mut npm = Command::new(tool::npm()?);
        npm.args(["pack", "--silent", "--pack-destination"]).arg(&site.work);
        npm.arg(format!("{}@{}", self.name, self.version)).current_dir(&site.work);
        command::run(npm, &site.log)?;
        let packed = fs::read_dir(&site.work)?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut packed = packed.filter(|path| path.extension().is_some_and(|ending| ending == "tgz"));
        let package = packed.next().with_context(|| format!("npm has left no package of {}", self.name))?;
        let mut digest = Sha256::new();
        io::copy(&mut File::open(&package)?, &mut digest)?;
        let found = format!("{:x}", digest.finalize());
        ensure!(found == self.digest, "{} {} is another one than it was: {found}", self.name, self.version);
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(&package).arg("-C").arg(&site.work);
        command::run(tar, &site.log)?;
        for file in self.files {
            let name = file.rsplit('/').next().unwrap_or(file);
            fs::copy(site.work.join("package").join(file), site.out.join(name)).with_context(|| (*file).to_owned())?;
        }
        Ok(())
    }
}
