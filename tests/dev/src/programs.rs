//! The services' programs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::root;
use crate::stack::Stack;

/// Builds them; where they are.
pub(crate) fn build(stack: &Stack) -> Result<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg("build").arg("--quiet").current_dir(root());
    for service in &stack.services {
        cargo.args(["--package", &service.name]);
    }
    ensure!(cargo.status().context("cargo cannot be run")?.success(), "the services cannot be built");
    let own = std::env::current_exe()?;
    let folder = own.parent().context("a program without a folder")?;
    // A test lies one deeper than the programs.
    let folder = if folder.ends_with("deps") { folder.parent().context("a folder without one above")? } else { folder };
    Ok(folder.to_owned())
}
