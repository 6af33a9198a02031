//! What is imported is rendered again and compared with what it was imported from.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[path = "import/corpus.rs"]
mod corpus;
#[path = "import/folders.rs"]
mod folders;
#[path = "import/objects.rs"]
mod objects;
#[path = "import/round_trip.rs"]
mod round_trip;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::import::{Imported, Names};
use portolan_pipeline::spec::{Files, ReadError};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Texts as a project.
struct Texts(BTreeMap<String, String>);

impl Files for Texts {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::Missing)
    }
}

fn names(stack: &str, environment: &str) -> Names {
    Names { stack: stack.to_owned(), environment: environment.to_owned(), namespace: None }
}

/// All that an import says, for a person to read in a golden file.
fn show(imported: &Imported) -> String {
    let mut text = String::new();
    for left in &imported.left {
        let place = format!("{}:{}:{}", left.place.file, left.place.line, left.place.column);
        writeln!(text, "left {place} {} {}: {}", left.object, left.field, left.reason).unwrap();
    }
    for secret in &imported.secrets {
        let place = format!("{}:{}:{}", secret.place.file, secret.place.line, secret.place.column);
        writeln!(text, "secret {place} {} {} -> {}", secret.object, secret.field, secret.reference).unwrap();
    }
    for added in &imported.added {
        writeln!(text, "added {} {} {}", added.object, added.field, added.value).unwrap();
    }
    for carried in &imported.carried {
        writeln!(text, "carried {carried}").unwrap();
    }
    text
}

/// Compares files with a folder, or rewrites it with `BLESS=1`.
fn golden(folder: &Path, files: &BTreeMap<String, String>) -> Vec<String> {
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(folder);
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let different =
        files.iter().filter(|(path, text)| fs::read_to_string(folder.join(path)).ok().as_ref() != Some(*text));
    different.map(|(path, text)| format!("{}/{path}:\n{text}", folder.display())).collect()
}
