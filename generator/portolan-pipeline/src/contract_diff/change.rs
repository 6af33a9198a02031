use serde::Serialize;

use crate::source::{Sources, Span};
use crate::spec::ContractFiles;

/// What a change does to those who rely on what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// Somebody has to change with it, or before it.
    Breaking,
    /// Nobody has to.
    Compatible,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Site {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Site {
    fn of(sources: &Sources, at: Span) -> Self {
        let position = sources.position(at);
        Self { file: sources.file(at.file).path.clone(), line: position.line, column: position.column }
    }
}

/// One change of one contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it does to others.
    pub impact: Impact,
    /// Whose contract.
    pub service: String,
    /// What of it: `topic task-events`, `event task.created`.
    pub subject: String,
    /// What has changed, as a fragment.
    pub message: String,
    /// The services that it hits, as far as their contracts are here.
    pub hits: Vec<String>,
    /// Where it stood.
    pub before: Option<Site>,
    /// Where it stands.
    pub after: Option<Site>,
}

impl Change {
    /// Where it stood before.
    pub(super) fn before(&mut self, files: &ContractFiles, at: Span) -> &mut Self {
        self.before = Some(Site::of(&files.sources, at));
        self
    }

    /// Where it stands now.
    pub(super) fn after(&mut self, files: &ContractFiles, at: Span) -> &mut Self {
        self.after = Some(Site::of(&files.sources, at));
        self
    }

    /// Whom it hits.
    pub(super) fn hits(&mut self, services: Vec<String>) -> &mut Self {
        self.hits = services;
        self
    }
}

/// All that differs between two sets of contracts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContractDifference {
    /// The changes: what breaks first, then by service.
    pub changes: Vec<Change>,
    /// What stands in the contracts and is not compared.
    pub notes: Vec<String>,
}

impl ContractDifference {
    /// How many changes of one impact.
    pub fn count(&self, impact: Impact) -> usize {
        self.changes.iter().filter(|change| change.impact == impact).count()
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.notes.extend(other.notes);
    }

    pub(super) fn sorted(mut self) -> Self {
        let key =
            |change: &Change| (change.impact, change.service.clone(), change.subject.clone(), change.message.clone());
        self.changes.sort_by_key(key);
        self.changes.dedup();
        self.notes.sort();
        self.notes.dedup();
        self
    }
}
