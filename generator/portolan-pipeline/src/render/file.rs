use std::borrow::Cow;
use std::collections::BTreeSet;

use super::tree::{Tree, Value};
use crate::source::Span;

/// What is no object of Kubernetes is written in JSON.
const JSON: &str = ".json";

/// A file to be written.
#[derive(Debug, Clone)]
pub struct RenderedFile {
    /// Relative to the project, with `/`.
    pub path: String,
    /// The one document in it.
    pub document: Tree,
    /// The document as somebody wrote it, where portolan did not.
    verbatim: Option<String>,
}

/// Where one rendered value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The value's place in the file: keys parted by dots; of list items the name or what else
    /// tells them apart, in brackets.
    pub pointer: String,
    /// The value.
    pub value: String,
    /// Where it came from; nowhere when portolan derived it.
    pub at: Option<Span>,
}

impl RenderedFile {
    pub(super) fn new(path: String, document: impl Into<Tree>) -> Self {
        Self { path, document: document.into(), verbatim: None }
    }

    /// A file whose text is not ours to write.
    pub(super) fn verbatim(path: String, document: Tree, text: String) -> Self {
        Self { path, document, verbatim: Some(text) }
    }

    /// The text of the document, below a first line that says who wrote it; JSON has no comments, so there it is the first
    /// member.
    pub fn text(&self, header: &str) -> String {
        if self.path.ends_with(JSON) {
            return with_header(&self.document, header).pretty_json() + "\n";
        }
        let mut text = format!("# {header}\n");
        if let Some(verbatim) = &self.verbatim {
            text.push_str(verbatim);
            return text;
        }
        #[expect(
            clippy::expect_used,
            reason = "writing text, numbers, lists and maps into a string has no way to fail"
        )]
        serde_yaml::to_fmt_writer(&mut text, &self.document).expect("a tree is always YAML");
        text
    }

    /// Every value in the file and where it came from.
    pub fn provenance(&self) -> Vec<Provenance> {
        let mut found = Vec::new();
        walk(&self.document, "", None, &mut found);
        found
    }
}

fn with_header(document: &Tree, header: &str) -> Tree {
    let mut members = vec![(Cow::Borrowed("rendered"), Tree::from(header))];
    if let Value::Map(own) = &document.value {
        members.extend(own.iter().cloned());
    }
    Value::Map(members).into()
}

/// What tells the items of a list apart, where each has something of its own; else their numbers.
fn labels(items: &[Tree]) -> Vec<String> {
    let labels: Option<Vec<String>> = items.iter().map(Tree::label).collect();
    let different = |labels: &Vec<String>| labels.iter().collect::<BTreeSet<_>>().len() == labels.len();
    labels.filter(different).unwrap_or_else(|| (0..items.len()).map(|number| number.to_string()).collect())
}

/// A value without a place of its own came from where its parent did.
fn walk(tree: &Tree, pointer: &str, above: Option<Span>, found: &mut Vec<Provenance>) {
    let at = tree.at.or(above);
    let value = match &tree.value {
        Value::List(items) => {
            for (label, item) in labels(items).into_iter().zip(items) {
                walk(item, &format!("{pointer}[{label}]"), at, found);
            }
            return;
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                let dot = if pointer.is_empty() { "" } else { "." };
                walk(value, &format!("{pointer}{dot}{key}"), at, found);
            }
            return;
        }
        scalar => scalar.scalar().unwrap_or_default(),
    };
    found.push(Provenance { pointer: pointer.to_owned(), value, at });
}
