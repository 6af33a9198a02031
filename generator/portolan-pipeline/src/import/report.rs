//! What an import says beside the spec.

use serde::Serialize;

use super::object::Object;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// Something that is not in the spec, or is rendered otherwise from it. Its value is not shown: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOver {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The object: `Component orders`.
    pub object: String,
    /// Its place in the object; empty for the whole.
    pub field: String,
    /// Why.
    pub reason: String,
    /// What to do; empty where there is nothing to do.
    pub help: String,
}

/// A secret in plain that became a reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PlainSecret {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The object that it stands in.
    pub object: String,
    /// What it is called there.
    pub field: String,
    /// Where the spec now looks for it: `SECRET/KEY`.
    pub reference: String,
}

/// Something that is rendered and was not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Added {
    /// The object.
    pub object: String,
    /// Its place in the object; empty for the whole.
    pub field: String,
    /// What is rendered.
    pub value: String,
}

/// A spec, and what else there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Path and text of each file: the stack comes last.
    #[serde(skip)]
    pub files: Vec<(String, String)>,
    /// The objects that were carried over, each by its title.
    pub carried: Vec<String>,
    /// What was not carried over, by place.
    pub left: Vec<LeftOver>,
    /// Secrets in plain, by place.
    pub secrets: Vec<PlainSecret>,
    /// What is rendered beside what was there.
    pub added: Vec<Added>,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) carried: Vec<String>,
    pub(super) left: Vec<LeftOver>,
    pub(super) secrets: Vec<PlainSecret>,
    pub(super) added: Vec<Added>,
}

impl Log {
    pub(super) fn left(&mut self, place: Place, object: &str, field: &str, reason: &str, help: &str) {
        let (object, field) = (object.to_owned(), field.to_owned());
        self.left.push(LeftOver { place, object, field, reason: reason.to_owned(), help: help.to_owned() });
    }

    /// A whole object is left.
    pub(super) fn left_object(&mut self, object: &Object, reason: &str, help: &str) {
        self.left(object.place(object.node.at), &object.title(), "", reason, help);
    }

    pub(super) fn finish(mut self, files: Vec<(String, String)>) -> Imported {
        self.left.sort();
        self.left.dedup();
        self.secrets.sort();
        self.secrets.dedup();
        self.added.sort();
        self.added.dedup();
        Imported { files, carried: self.carried, left: self.left, secrets: self.secrets, added: self.added }
    }
}
