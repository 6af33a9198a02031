//! What Dapr's components and KEDA's scalers read, gathered from the modules themselves.
//!
//! Three things are laid over each other: what a component says of itself in its `metadata.yaml`, what its code reads ([`reader`]),
//! and what was found by hand ([`corrections`]), each with its source. The result is one file for each minor version, which
//! `portolan-pipeline` carries.

mod components;
mod corrections;
mod entry;
mod lines;
mod metadata;
mod reader;
mod releases;
mod scalers;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub use releases::{DAPR, DaprSource, KEDA, KedaSource};

/// One file of data.
#[derive(Debug)]
pub struct DataFile {
    /// `dapr-1.18.jsonl`.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// Where the data is kept.
pub fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../portolan-pipeline/src/catalogue/data")
}

/// The data of every release, as it follows from the modules and the corrections.
pub fn generate() -> Result<Vec<DataFile>> {
    let mut files = Vec::new();
    for source in DAPR {
        let text = components::write(source).with_context(|| format!("Dapr {}", source.minor))?;
        files.push(DataFile { name: format!("dapr-{}.jsonl", source.minor), text });
    }
    for source in KEDA {
        let text = scalers::write(source).with_context(|| format!("KEDA {}", source.minor))?;
        files.push(DataFile { name: format!("keda-{}.jsonl", source.minor), text });
    }
    Ok(files)
}
