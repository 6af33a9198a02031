//! Which files of an environment are portolan's.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Component, Path};

use portolan_pipeline::render::{Index, index_path};

use super::folder::not_readable;
use crate::failure::Failure;

/// The first line of every rendered file begins so.
const MARK: &str = "# Rendered by portolan";

/// The files that the last render of an environment wrote, the index among them.
pub(super) fn owned_files(root: &Path, environment: &str) -> Result<BTreeSet<String>, Failure> {
    let path = index_path(environment);
    let text = match fs::read_to_string(root.join(&path)) {
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
    let folders = ["dapr-components", "charts/values", "infra/manifests", "infra/platform"];
    let plain = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    plain && folders.iter().any(|folder| file.starts_with(&format!("{folder}/{environment}/")))
}

/// A file that is not in the index may be replaced only if portolan wrote it all the same.
pub(super) fn ownable(root: &Path, path: &str) -> Result<(), Failure> {
    let file = match File::open(root.join(path)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(not_readable(path, &error)),
    };
    let mut first = String::new();
    let read = BufReader::new(file).read_line(&mut first);
    if read.is_ok() && (first.starts_with(MARK) || path.ends_with(".index.json")) {
        return Ok(());
    }
    let why = "portolan did not write it, and would replace it";
    Err(Failure::input_output(format!("{path} is in the way"), why, "move it elsewhere, then render again"))
}
