//! New texts beside the files that they will replace.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use portolan_pipeline::render::index_path;

use super::folder::not_writable;
use super::index::FOLDERS;
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
    beside: PathBuf,
    target: PathBuf,
}

impl Staging {
    /// Writes a text beside its target.
    pub(super) fn add(&mut self, root: &Path, path: &str, text: &str) -> Result<(), Failure> {
        self.add_as(root, path, "", text)
    }

    /// Writes a text beside its target, which another one waits for already under another name.
    pub(super) fn add_as(&mut self, root: &Path, path: &str, name: &str, text: &str) -> Result<(), Failure> {
        let target = root.join(path);
        if target.is_dir() {
            let why = "a folder stands where the file belongs";
            return Err(Failure::input_output(format!("cannot write {path}"), why, "move the folder elsewhere"));
        }
        let mut staged = target.clone().into_os_string();
        staged.push(name);
        staged.push(SUFFIX);
        let staged = PathBuf::from(staged);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| not_writable(folder, &error))?;
        }
        self.waiting.push(Staged { beside: staged.clone(), target });
        write_new(&staged, text).map_err(|error| not_writable(&staged, &error))
    }

    /// Lets the staged files take places that are free: all of them, or none.
    pub(super) fn create(mut self) -> Result<(), Failure> {
        for (number, Staged { beside, target }) in self.waiting.iter().enumerate() {
            if let Err(error) = fs::rename(beside, target) {
                for Staged { target, .. } in &self.waiting[..number] {
                    // What cannot be taken back stays; the failure that is told is the first one.
                    let _ = fs::remove_file(target);
                }
                return Err(not_writable(target, &error));
            }
        }
        self.waiting.clear();
        Ok(())
    }

    /// Lets the staged files take their places, each in one step.
    pub(super) fn replace(mut self) -> Result<(), Failure> {
        for Staged { beside, target } in &self.waiting {
            fs::rename(beside, target).map_err(|error| not_writable(target, &error))?;
        }
        self.waiting.clear();
        Ok(())
    }
}

/// Removes what a render that was killed had staged. The lock is held, so no other render waits for it.
pub(super) fn sweep(root: &Path, environment: &str) -> Result<(), Failure> {
    let index = root.join(index_path(environment));
    for folder in FOLDERS {
        sweep_folder(&root.join(folder).join(environment))?;
    }
    for name in ["", ".claim"] {
        let mut staged = index.clone().into_os_string();
        staged.push(format!("{name}{SUFFIX}"));
        remove_file(Path::new(&staged)).map_err(|error| not_writable(Path::new(&staged), &error))?;
    }
    Ok(())
}

fn sweep_folder(folder: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // What a link leads to is not ours.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sweep_folder(&entry.path())?;
        } else if entry.file_name().as_encoded_bytes().ends_with(SUFFIX.as_bytes()) {
            remove_file(&entry.path()).map_err(|error| not_writable(&entry.path(), &error))?;
        }
    }
    Ok(())
}

/// Never through a link that somebody left there: a staged file is always a new one.
fn write_new(staged: &Path, text: &str) -> io::Result<()> {
    remove_file(staged)?;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(staged)
        .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
}

fn remove_file(place: &Path) -> io::Result<()> {
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        for staged in &self.waiting {
            // Nothing more can be done about one that cannot be removed; the next render removes it.
            let _ = fs::remove_file(&staged.beside);
        }
    }
}
