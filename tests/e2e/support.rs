//! What the end-to-end tests share: the repository, a project of a test's own, and portolan itself.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};

/// The repository's root.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder, by name; none where there is no folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("a name")?);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Copies what portolan reads of the reference stack: the spec and the contracts.
pub(crate) fn copy_stack(to: &Path) -> Result<()> {
    copy(&repository().join("infra/environments"), &to.join("infra/environments"))?;
    fs::copy(repository().join("infra/stack.yaml"), to.join("infra/stack.yaml"))?;
    copy(&repository().join("handlers"), &to.join("handlers"))
}

/// Runs portolan in a project; anything but exit code 0 is an error with what it said.
pub(crate) fn portolan(project: &Path, arguments: &[&str]) -> Result<Output> {
    let output = portolan_unchecked(project, arguments)?;
    ensure!(output.status.success(), "portolan {arguments:?}: {}\n{}", output.status, both(&output));
    Ok(output)
}

/// Runs portolan in a project, whatever comes of it.
pub(crate) fn portolan_unchecked(project: &Path, arguments: &[&str]) -> Result<Output> {
    Ok(Command::new(env!("CARGO_BIN_EXE_portolan")).args(arguments).current_dir(project).output()?)
}

/// Everything that a command said.
pub(crate) fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
