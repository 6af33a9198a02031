//! How what is rendered for one environment differs from what is rendered for another, value by value.

use std::collections::BTreeMap;

use serde::Serialize;

use super::file::RenderedFile;
use super::manifests::Manifests;

/// A file that is not the same in both environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileDifference {
    /// Its path, with `<env>` in the place of the environment's name.
    pub path: String,
    /// Whether the left environment has the file.
    pub left: bool,
    /// Whether the right environment has the file.
    pub right: bool,
    /// The values that differ, where both have it.
    pub values: Vec<ValueDifference>,
}

/// A value that is not the same in both environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueDifference {
    /// Its place in the file.
    pub pointer: String,
    /// The left value, where there is one.
    pub left: Option<String>,
    /// The right value, where there is one.
    pub right: Option<String>,
}

/// The files and values that differ, by path and by place in the file. Where only the environment's own name and
/// namespace stand in them, two values are the same.
pub fn compare_manifests(left: &Manifests, right: &Manifests) -> Vec<FileDifference> {
    let lefts = by_path(left);
    let rights = by_path(right);
    let mut paths: Vec<&String> = lefts.keys().chain(rights.keys()).collect();
    paths.sort();
    paths.dedup();
    let differences = paths.into_iter().filter_map(|path| {
        let values = match (lefts.get(path), rights.get(path)) {
            (Some(one), Some(other)) => Some(compare_files(&values(one, left), &values(other, right))),
            _ => None,
        };
        let same = values.as_ref().is_some_and(Vec::is_empty);
        (!same).then(|| FileDifference {
            path: path.clone(),
            left: lefts.contains_key(path),
            right: rights.contains_key(path),
            values: values.unwrap_or_default(),
        })
    });
    differences.collect()
}

fn by_path(manifests: &Manifests) -> BTreeMap<String, &RenderedFile> {
    let own = format!("/{}/", manifests.environment());
    manifests.files().iter().map(|file| (file.path.replacen(&own, "/<env>/", 1), file)).collect()
}

fn values(file: &RenderedFile, manifests: &Manifests) -> BTreeMap<String, String> {
    let own = |value: String| match value {
        value if value == manifests.environment() => "<env>".to_owned(),
        value if value == manifests.namespace() => "<namespace>".to_owned(),
        value => value,
    };
    file.provenance().into_iter().map(|found| (found.pointer, own(found.value))).collect()
}

fn compare_files(left: &BTreeMap<String, String>, right: &BTreeMap<String, String>) -> Vec<ValueDifference> {
    let mut pointers: Vec<&String> = left.keys().chain(right.keys()).collect();
    pointers.sort();
    pointers.dedup();
    let different = pointers.into_iter().filter(|pointer| left.get(*pointer) != right.get(*pointer));
    different
        .map(|pointer| ValueDifference {
            pointer: pointer.clone(),
            left: left.get(pointer).cloned(),
            right: right.get(pointer).cloned(),
        })
        .collect()
}
