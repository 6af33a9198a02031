//! Which texts there are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// A Markdown text.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path, relative to the repository.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What git knows and what it would be told of, as far as it is there.
pub(crate) fn tracked() -> Result<Vec<String>> {
    let mut git = Command::new("git");
    let output =
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root()).output()?;
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout)?;
    let paths = listed.split('\0').filter(|path| !path.is_empty() && root().join(path).is_file());
    Ok(paths.map(str::to_owned).collect())
}

/// The pages whose commands are run: the README and the guide.
pub(crate) fn with_commands() -> Result<Vec<Page>> {
    pages(|path| path == "README.md" || path.starts_with("docs/guide/"))
}

/// Every page for a reader.
pub(crate) fn for_readers() -> Result<Vec<Page>> {
    pages(|path| !path.contains('/') || path.starts_with("docs/"))
}

fn pages(wanted: impl Fn(&str) -> bool) -> Result<Vec<Page>> {
    let paths = tracked()?.into_iter().filter(|path| is_markdown(path) && wanted(path));
    let pages = paths.map(|name| {
        let text = fs::read_to_string(root().join(&name)).with_context(|| name.clone())?;
        Ok(Page { name, text })
    });
    pages.collect()
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}
