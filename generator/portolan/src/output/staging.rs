//! New texts beside the files that they will replace.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::not_writable;
use crate::failure::Failure;

/// kubectl and helm read by ending, so neither takes a staged file for a manifest.
const SUFFIX: &str = ".portolan-new";

/// Files that are written in full and wait to take their places. What still waits when it is dropped is removed.
#[derive(Debug, Default)]
pub(super) struct Staging {
    waiting: Vec<Staged>,
}

#[derive(Debug)]
struct Staged {
    path: String,
    staged: PathBuf,
    target: PathBuf,
}

impl Staging {
    /// Writes a text beside its target.
    pub(super) fn add(&mut self, root: &Path, path: &str, text: &str) -> Result<(), Failure> {
        let target = root.join(path);
        if target.is_dir() {
            let why = "a folder stands where the file belongs";
            return Err(Failure::input_output(format!("cannot write {path}"), why, "move the folder elsewhere"));
        }
        let mut staged = target.clone().into_os_string();
        staged.push(SUFFIX);
        let staged = PathBuf::from(staged);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| not_writable(folder, &error))?;
        }
        self.waiting.push(Staged { path: path.to_owned(), staged: staged.clone(), target });
        write_new(&staged, text).map_err(|error| not_writable(&staged, &error))
    }

    /// Lets the staged files that `chosen` wants take their places, each in one step.
    pub(super) fn replace(&mut self, chosen: impl Fn(&str) -> bool) -> Result<(), Failure> {
        for staged in &self.waiting {
            if chosen(&staged.path) {
                fs::rename(&staged.staged, &staged.target).map_err(|error| not_writable(&staged.target, &error))?;
            }
        }
        self.waiting.retain(|staged| !chosen(&staged.path));
        Ok(())
    }
}

/// Never through a link that somebody left there: a staged file is always a new one.
fn write_new(staged: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(staged) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(staged)
        .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
}

impl Drop for Staging {
    fn drop(&mut self) {
        for staged in &self.waiting {
            // Nothing more can be done about one that cannot be removed; the next render replaces it.
            let _ = fs::remove_file(&staged.staged);
        }
    }
}
