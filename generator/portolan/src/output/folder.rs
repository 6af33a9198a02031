//! The folder that is rendered into: its lock, and what is read and removed in it.

use std::fs::{self, File, TryLockError};
use std::io;
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
    match fs::read(root.join(path)) {
        Ok(bytes) => Ok(bytes == text.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(not_readable(path, &error)),
    }
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
