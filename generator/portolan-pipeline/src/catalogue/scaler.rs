use std::collections::BTreeMap;

use serde::Deserialize;

use super::key::Key;
use super::release::Lines;

/// The scalers of one KEDA minor version.
#[derive(Debug)]
pub struct KedaRelease {
    /// `2.21`.
    pub minor: String,
    /// The release that a cluster of this minor version is pinned to where the spec names none.
    pub release: String,
    /// The module that was read, with its version.
    pub source: String,
    places: BTreeMap<String, usize>,
    lines: Lines<ScalerEntry>,
}

#[derive(Deserialize)]
struct Header {
    source: String,
    minor: String,
    release: String,
    index: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "type")]
    kind: String,
}

/// A scaler.
#[derive(Debug, Deserialize)]
pub struct ScalerEntry {
    /// `kafka`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether KEDA warns of its use.
    #[serde(default)]
    pub deprecated: bool,
    /// What else there is to know, in a few words.
    #[serde(default)]
    pub note: Option<String>,
    /// What its trigger and its authentication can say.
    pub keys: Vec<Key>,
}

impl KedaRelease {
    pub(super) fn read(text: &'static str) -> Self {
        let (header, lines): (Header, _) = Lines::split(text);
        let places = header.index.into_iter().enumerate().map(|(place, row)| (row.kind, place)).collect();
        Self { minor: header.minor, release: header.release, source: header.source, places, lines }
    }

    /// A scaler by its type.
    pub fn scaler(&self, kind: &str) -> Option<&ScalerEntry> {
        self.lines.get(*self.places.get(kind)?)
    }

    /// Every name that a trigger's type can be.
    pub fn types(&self) -> impl Iterator<Item = &str> + Clone {
        self.places.keys().map(String::as_str)
    }

    /// Every scaler, by type.
    pub fn scalers(&self) -> impl Iterator<Item = &ScalerEntry> {
        self.lines.all()
    }
}
