//! YAML as it lies in folders.

use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::import::{LeftOver, Place};

use crate::failure::{Failure, fragment};
use crate::project::read_file;

/// The largest size of all texts together.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Path and text of every file that can be read, and those that cannot.
type Manifests = (Vec<(String, String)>, Vec<LeftOver>);

/// Every YAML file below some places.
pub(crate) fn read_manifests(places: &[PathBuf]) -> Result<Manifests, Failure> {
    let mut paths = Vec::new();
    for place in places {
        let about = fs::metadata(place).map_err(|error| {
            Failure::input_output(format!("cannot read {}", place.display()), error, "name a folder or file of YAML")
        })?;
        if about.is_dir() {
            walk(place, &mut paths);
        } else {
            paths.push(place.clone());
        }
    }
    paths.sort();
    paths.dedup();
    let (mut texts, mut unread, mut bytes) = (Vec::new(), Vec::new(), 0);
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        match read_file(&path) {
            Ok(text) if bytes + text.len() <= MOST_BYTES => {
                bytes += text.len();
                texts.push((name, text));
            }
            Ok(_) => {
                let reason = format!("the texts are larger than {} MiB together", MOST_BYTES / 1024 / 1024);
                unread.push(left(name, reason));
            }
            Err(error) => unread.push(left(name, fragment(&error.to_string()))),
        }
    }
    Ok((texts, unread))
}

fn left(file: String, reason: String) -> LeftOver {
    let place = Place { file, line: 1, column: 1 };
    LeftOver { place, object: "file".to_owned(), field: String::new(), reason, help: "make it readable".to_owned() }
}

/// Hidden folders are tools' own; a link may lead anywhere, or in a circle.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !hidden {
            walk(&path, found);
        } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            found.push(path);
        }
    }
}
