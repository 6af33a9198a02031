//! Which files of an environment are portolan's.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path};

use portolan_pipeline::render::{Index, index_path};

use super::folder::{not_readable, open};
use crate::failure::Failure;

/// Each environment has its own folder in these.
pub(super) const FOLDERS: [&str; 4] = ["dapr-components", "charts/values", "infra/manifests", "infra/platform"];

/// A rendered file begins in one of these ways: YAML with a comment, JSON, which has none, with a member.
const MARKS: [&str; 2] = ["# Rendered by portolan", "{\n  \"rendered\": \"Rendered by portolan"];

/// The files that the last render of an environment wrote, the index among them.
pub(super) fn owned_files(root: &Path, environment: &str) -> Result<BTreeSet<String>, Failure> {
    let path = index_path(environment);
    let text = match open(&root.join(&path)).and_then(io::read_to_string) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(not_readable(&path, &error)),
    };
    let index: Index = serde_json::from_str(&text).map_err(|error| {
        Failure::input_output(format!("{path} is damaged"), error, "take it from version control, or remove it")
    })?;
    let mut owned: BTreeSet<String> = index.files.into_keys().filter(|file| is_below(file, environment)).collect();
    owned.insert(path);
    Ok(owned)
}

/// An index may have been edited; nothing outside the environment's own folders is ever removed.
fn is_below(file: &str, environment: &str) -> bool {
    let plain = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    plain && FOLDERS.iter().any(|folder| file.starts_with(&format!("{folder}/{environment}/")))
}

/// An index that stands while files are replaced: it names those that were there and those that come, and no digest.
pub(super) fn claim<'a>(environment: &str, files: impl Iterator<Item = &'a String>) -> String {
    let index = index_path(environment);
    let files = files.filter(|file| **file != index).map(|file| (file.clone(), String::new())).collect();
    let claim = Index { command: format!("portolan render {environment}"), files };
    serde_json::to_string_pretty(&claim).unwrap_or_default() + "\n"
}

/// A file that is not in the index may be replaced only if portolan wrote it all the same.
pub(super) fn ownable(root: &Path, path: &str) -> Result<(), Failure> {
    let file = match open(&root.join(path)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(not_readable(path, &error)),
    };
    if is_marked(file) || path.ends_with(".index.json") {
        return Ok(());
    }
    let why = "portolan did not write it, and would replace it";
    Err(Failure::input_output(format!("{path} is in the way"), why, "move it elsewhere, then render again"))
}

/// Whether a file of the index is there and portolan's work: an edited index may name what somebody wrote by hand.
pub(super) fn is_ours(root: &Path, path: &str) -> bool {
    open(&root.join(path)).is_ok_and(is_marked)
}

fn is_marked(file: File) -> bool {
    let longest = MARKS.iter().map(|mark| mark.len()).max().unwrap_or_default();
    let mut first = Vec::new();
    // No further than the mark: a file without a line's end may be endless.
    let read = file.take(longest as u64).read_to_end(&mut first);
    read.is_ok() && MARKS.iter().any(|mark| first.starts_with(mark.as_bytes()))
}
