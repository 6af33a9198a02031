//! Rendered files on disk. All of every environment is staged beside its target before anything is replaced, so a render
//! that fails, for whatever reason, leaves the old files. Whoever kills it between two files finds each whole, and an
//! index that names them all: the next render knows what to mend and what to remove.

mod create;
mod folder;
mod index;
mod staging;

use std::collections::BTreeSet;
use std::path::Path;

use portolan_pipeline::render::{Manifests, index_path};
use serde::Serialize;

use crate::failure::Failure;
pub(crate) use create::{NewFile, create, overwrite};
use folder::{lock, refuse_outside, remove, same_text};
use index::{claim, is_ours, ownable, owned_files};
use staging::{Staging, sweep};

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

/// An environment's name and what it is rendered to.
pub(crate) type Environment<'a> = (&'a str, Manifests);

/// Writes all environments below `root`, or none.
///
/// # Errors
/// When a file cannot be written, when a target is a file that portolan did not write, and when another render is at
/// work below `root`.
pub(crate) fn write(root: &Path, environments: &[Environment<'_>]) -> Result<Vec<Changes>, Failure> {
    let _lock = lock(root)?;
    let mut all = Vec::new();
    for (environment, manifests) in environments {
        all.push(compare(root, environment, manifests)?);
    }
    let mut claims = Staging::default();
    let mut files = Staging::default();
    let mut indexes = Staging::default();
    for differences in &all {
        sweep(root, differences.environment)?;
        differences.stage(root, &mut claims, &mut files, &mut indexes)?;
    }
    claims.replace()?;
    files.replace()?;
    for differences in &all {
        remove(root, &differences.left_over)?;
    }
    indexes.replace()?;
    Ok(all.into_iter().map(Differences::into_changes).collect())
}

/// How the files below `root` differ from what would be rendered, without touching them.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn stale(root: &Path, environments: &[Environment<'_>]) -> Result<Vec<Changes>, Failure> {
    environments
        .iter()
        .map(|(environment, manifests)| compare(root, environment, manifests).map(Differences::into_changes))
        .collect()
}

struct Differences<'a> {
    environment: &'a str,
    owned: BTreeSet<String>,
    changed: Vec<(String, String)>,
    left_over: Vec<String>,
    unchanged: usize,
}

impl Differences<'_> {
    /// The index goes last. Where files are new, one that already names them goes first: it stands until then.
    fn stage(
        &self,
        root: &Path,
        claims: &mut Staging,
        files: &mut Staging,
        indexes: &mut Staging,
    ) -> Result<(), Failure> {
        let index = index_path(self.environment);
        let files_of_both = self.owned.iter().chain(self.changed.iter().map(|(path, _)| path));
        if self.changed.iter().any(|(path, _)| !self.owned.contains(path)) {
            claims.add_as(root, &index, ".claim", &claim(self.environment, files_of_both))?;
        }
        for (path, text) in &self.changed {
            let staging = if *path == index { &mut *indexes } else { &mut *files };
            staging.add(root, path, text)?;
        }
        Ok(())
    }

    fn into_changes(self) -> Changes {
        let written = self.changed.into_iter().map(|(path, _)| path).collect();
        Changes { written, removed: self.left_over, unchanged: self.unchanged }
    }
}

fn compare<'a>(root: &Path, environment: &'a str, manifests: &Manifests) -> Result<Differences<'a>, Failure> {
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
    let left_over = owned.iter().filter(|path| !rendered.contains(*path) && is_ours(root, path)).cloned().collect();
    let differences = Differences { environment, owned, changed, left_over, unchanged };
    refuse_outside(root, differences.changed.iter().map(|(path, _)| path).chain(&differences.left_over))?;
    Ok(differences)
}
