//! New files that portolan writes once and that are the user's from then on.

use std::fs;
use std::path::Path;

use super::folder::{lock, refuse_outside, same_text};
use super::staging::Staging;
use crate::exit::Exit;
use crate::failure::Failure;

/// A path relative to the root, and the text there.
pub(crate) type NewFile = (String, String);

/// Writes all of these below `root`, or none; nothing that stands there is replaced. While the last one is missing, the
/// others may be there with exactly their texts: so a run that was killed between two files leaves them.
///
/// # Errors
/// When a file is there already, or cannot be written, and when a render is at work below `root`.
pub(crate) fn create(root: &Path, files: &[NewFile]) -> Result<(), Failure> {
    let _lock = lock(root).map_err(elsewhere)?;
    refuse_outside(root, files.iter().map(|(path, _)| path)).map_err(elsewhere)?;
    let missing = missing(root, files)?;
    let mut staging = Staging::default();
    missing.iter().try_for_each(|(path, text)| staging.add(root, path, text)).map_err(elsewhere)?;
    staging.create().map_err(elsewhere)
}

/// Writes all of these below `root`, or none, whatever stands there.
///
/// # Errors
/// When one cannot be written, and when a render is at work below `root`.
pub(crate) fn overwrite(root: &Path, files: &[NewFile]) -> Result<(), Failure> {
    let _lock = lock(root).map_err(elsewhere)?;
    refuse_outside(root, files.iter().map(|(path, _)| path)).map_err(elsewhere)?;
    let mut staging = Staging::default();
    files.iter().try_for_each(|(path, text)| staging.add(root, path, text)).map_err(elsewhere)?;
    staging.replace().map_err(elsewhere)
}

fn missing<'a>(root: &Path, files: &'a [NewFile]) -> Result<Vec<&'a NewFile>, Failure> {
    let mut missing = Vec::new();
    let last = files.last().map(|(path, _)| path).filter(|last| is_there(root, last));
    if let Some(last) = last {
        return Err(in_the_way(last));
    }
    for file @ (path, text) in files {
        if !is_there(root, path) {
            missing.push(file);
        } else if !same_text(root, path, text)? {
            return Err(in_the_way(path));
        }
    }
    Ok(missing)
}

/// A link that leads nowhere is there too.
fn is_there(root: &Path, path: &str) -> bool {
    fs::symlink_metadata(root.join(path)).is_ok()
}

fn in_the_way(path: &str) -> Failure {
    let fix = "move it elsewhere, or name another folder with `--project DIR`";
    Failure::input_output(format!("{path} is there already"), "nothing is overwritten", fix)
}

/// The other folder is named as this command takes it.
fn elsewhere(failure: Failure) -> Failure {
    if failure.exit == Exit::Busy {
        return failure;
    }
    Failure { fix: "name a folder that you may write to with `--project DIR`".to_owned(), ..failure }
}
