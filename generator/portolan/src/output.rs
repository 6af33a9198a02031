//! Rendered files on disk. All is staged beside its target before anything is replaced, so a render that fails, for
//! whatever reason, leaves the old files; the index goes last, so a render that is killed is seen by `render --check`.

mod folder;
mod index;
mod staging;

use std::collections::BTreeSet;
use std::path::Path;

use portolan_pipeline::render::{Manifests, index_path};
use serde::Serialize;

use crate::failure::Failure;
use folder::{lock, remove, same_text};
use index::{ownable, owned_files};
use staging::Staging;

/// What a render changed.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Changes {
    /// Files that are new or different.
    pub(crate) written: Vec<String>,
    /// Files that the stack no longer has.
    pub(crate) removed: Vec<String>,
    /// How many are as they were.
    pub(crate) unchanged: usize,
}

impl Changes {
    /// Whether every file is as it should be.
    pub(crate) fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

/// Writes one environment below `root`.
///
/// # Errors
/// When a file cannot be written, when a target is a file that portolan did not write, and when another render is at
/// work below `root`.
pub(crate) fn write(root: &Path, environment: &str, manifests: &Manifests) -> Result<Changes, Failure> {
    let _lock = lock(root)?;
    let differences = compare(root, environment, manifests)?;
    let mut staging = Staging::default();
    for (path, text) in &differences.changed {
        staging.add(root, path, text)?;
    }
    let index = index_path(environment);
    staging.replace(|path| path != index)?;
    remove(root, &differences.left_over)?;
    staging.replace(|_| true)?;
    let written = differences.changed.into_iter().map(|(path, _)| path).collect();
    Ok(Changes { written, removed: differences.left_over, unchanged: differences.unchanged })
}

/// How the files below `root` differ from what would be rendered, without touching them.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn stale(root: &Path, environment: &str, manifests: &Manifests) -> Result<Changes, Failure> {
    let differences = compare(root, environment, manifests)?;
    let written = differences.changed.into_iter().map(|(path, _)| path).collect();
    Ok(Changes { written, removed: differences.left_over, unchanged: differences.unchanged })
}

struct Differences {
    changed: Vec<(String, String)>,
    left_over: Vec<String>,
    unchanged: usize,
}

fn compare(root: &Path, environment: &str, manifests: &Manifests) -> Result<Differences, Failure> {
    let owned = owned_files(root, environment)?;
    let mut changed = Vec::new();
    let mut unchanged = 0;
    let mut rendered = BTreeSet::new();
    for (path, text) in manifests.texts() {
        rendered.insert(path.clone());
        if same_text(root, &path, &text)? {
            unchanged += 1;
            continue;
        }
        if !owned.contains(&path) {
            ownable(root, &path)?;
        }
        changed.push((path, text));
    }
    let left_over = owned.into_iter().filter(|path| !rendered.contains(path) && root.join(path).exists()).collect();
    Ok(Differences { changed, left_over, unchanged })
}
