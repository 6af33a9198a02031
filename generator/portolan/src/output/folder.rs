//! The folder that is rendered into: its lock, and what is read and removed in it.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::Path;

use crate::exit::Exit;
use crate::failure::Failure;

/// Holds the folder until it is dropped. The lock is the system's own, on the folder itself: it leaves no file behind,
/// and a process that dies gives it up.
///
/// # Errors
/// When another render holds it, and when the folder cannot be made or opened.
pub(super) fn lock(root: &Path) -> Result<File, Failure> {
    fs::create_dir_all(root).map_err(|error| not_writable(root, &error))?;
    let folder = File::open(root).map_err(|error| not_writable(root, &error))?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(TryLockError::WouldBlock) => Err(Failure {
            what: "another render is at work".to_owned(),
            why: format!("it holds the lock of {}", root.display()),
            fix: "wait until it is done, then run this again".to_owned(),
            exit: Exit::Busy,
        }),
        Err(TryLockError::Error(error)) => Err(not_writable(root, &error)),
    }
}

/// Whether a file has exactly this text.
pub(super) fn same_text(root: &Path, path: &str, text: &str) -> Result<bool, Failure> {
    let same = || -> io::Result<bool> {
        let mut file = open(&root.join(path))?;
        if file.metadata()?.len() != text.len() as u64 {
            return Ok(false);
        }
        let mut bytes = Vec::with_capacity(text.len());
        file.read_to_end(&mut bytes)?;
        Ok(bytes == text.as_bytes())
    };
    match same() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(not_readable(path, &error)),
        Ok(same) => Ok(same),
    }
}

/// Opens what is a file: a folder has no text, and a pipe or a device may never end.
pub(super) fn open(place: &Path) -> io::Result<File> {
    let about = fs::metadata(place)?;
    if about.is_file() { File::open(place) } else { Err(io::Error::other("it is no file")) }
}

/// A folder below the root may be a link; what it leads to is not ours to write or to remove.
pub(super) fn refuse_outside<'a>(root: &Path, paths: impl Iterator<Item = &'a String>) -> Result<(), Failure> {
    let inside = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let folders: BTreeSet<&Path> = paths.filter_map(|path| Path::new(path).parent()).collect();
    for folder in folders {
        // The last one that is there: the ones below it will be made, and are no links.
        let there = folder.ancestors().find_map(|folder| root.join(folder).canonicalize().ok());
        if there.is_some_and(|there| !there.starts_with(&inside)) {
            let what = format!("cannot write {}", folder.display());
            let why = format!("it lies outside of {}", root.display());
            return Err(Failure::input_output(what, why, "replace the link by a folder, or render with `--out DIR`"));
        }
    }
    Ok(())
}

/// Removes files, and the folders that are empty afterwards.
pub(super) fn remove(root: &Path, paths: &[String]) -> Result<(), Failure> {
    for path in paths {
        let place = root.join(path);
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let what = format!("cannot remove {path}, which the stack no longer has");
                return Err(Failure::input_output(what, error, "remove it by hand, or make its folder writable"));
            }
            _ => {}
        }
        if let Some(folder) = place.parent() {
            // Only an empty folder goes; any other refuses, and is meant to.
            let _ = fs::remove_dir(folder);
        }
    }
    Ok(())
}

/// Something below the folder cannot be written.
pub(super) fn not_writable(place: &Path, error: &io::Error) -> Failure {
    let fix = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room; what was rendered before is still there"
        }
        _ => "make the folder writable, or render elsewhere with `--out DIR`",
    };
    Failure::input_output(format!("cannot write {}", place.display()), error, fix)
}

/// A file cannot be read.
pub(super) fn not_readable(path: &str, error: &io::Error) -> Failure {
    Failure::input_output(format!("cannot read {path}"), error, "make it readable, or remove it")
}
