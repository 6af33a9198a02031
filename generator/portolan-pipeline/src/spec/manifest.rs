//! Manifests that somebody wrote by hand, and the templates of others: which files the spec names, and the objects in a text.

use super::Located;
use super::document::Document;
use super::node::{Kind, Node};
use super::project::{Files, MAX_ALL_BYTES, MAX_FILES};
use super::rules;
use super::yaml::parse_source;
use crate::finding::{Finding, Findings};
use crate::source::{FileId, SourceFile, Sources, Span};

/// The largest file of manifests, and the most that a template may become.
pub(crate) const MAX_MANIFEST_BYTES: usize = 1024 * 1024;

/// What ends the path of a template.
const TEMPLATE: &str = ".tera";

/// A file that the spec names under `manifests`.
#[derive(Debug, Clone)]
pub(crate) struct ManifestFile {
    /// The name that the spec gives it.
    pub(crate) name: Located<String>,
    /// Its path.
    pub(crate) path: Located<String>,
    /// Its text.
    pub(crate) file: FileId,
    /// Whether it is a template.
    pub(crate) is_template: bool,
}

/// One document of a text.
#[derive(Debug, Clone)]
pub(crate) struct ManifestDocument {
    /// The document as it was written.
    pub(crate) text: String,
    /// The document as it was read.
    pub(crate) node: Node,
}

/// Reads every file that the spec names. What cannot be read is a finding.
pub(super) fn parse_manifests(
    files: &dyn Files,
    document: &Document,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Vec<ManifestFile> {
    let mut found = Vec::new();
    for (name, path) in &document.manifests {
        let Some(path) = path else { continue };
        let (rule, message) = match files.read(&path.value) {
            Ok(text)
                if text.len() > MAX_MANIFEST_BYTES
                    || sources.bytes() + text.len() > MAX_ALL_BYTES
                    || sources.files().len() >= MAX_FILES =>
            {
                (&rules::REFUSED, format!("`{}` is larger than {MAX_MANIFEST_BYTES} bytes", path.value))
            }
            Ok(text) => {
                let is_template = path.value.ends_with(TEMPLATE);
                let file = sources.add(&path.value, text);
                found.push(ManifestFile { name: name.clone(), path: path.clone(), file, is_template });
                continue;
            }
            Err(reason) => (&rules::UNREADABLE, format!("`{}` cannot be read: {reason}", path.value)),
        };
        let help = "mend the path, which is relative to the project's root, or part the file";
        findings.push(Finding::new(rule, path.at, message).help(help));
    }
    found
}

/// The documents of a text, empty ones left out. Places are those of the text in `file`.
pub(crate) fn parse_documents(source: &SourceFile, file: FileId, findings: &mut Findings) -> Vec<ManifestDocument> {
    let mut documents = Vec::new();
    for (start, text) in split(&source.text) {
        let part = SourceFile { path: source.path.clone(), text: text.to_owned() };
        let mut found = Findings::default();
        let node = parse_source(&part, file, &mut found);
        #[expect(clippy::cast_possible_truncation, reason = "a file of manifests is far below 4 GiB")]
        let shift = |at: Span| Span { file: at.file, start: at.start + start as u32, end: at.end + start as u32 };
        for mut finding in found.iter().cloned() {
            finding.at = shift(finding.at);
            findings.push(finding);
        }
        if let Some(node) = node.filter(|node| node.kind != Kind::Null) {
            let text = format!("{}\n", text.trim_matches(['\n', '\r']));
            documents.push(ManifestDocument { text, node: moved(node, &shift) });
        }
    }
    documents
}

/// The same value at other places.
pub(crate) fn moved(node: Node, shift: &impl Fn(Span) -> Span) -> Node {
    let kind = match node.kind {
        Kind::List(items) => Kind::List(items.into_iter().map(|item| moved(item, shift)).collect()),
        Kind::Map(entries) => {
            let entries = entries.into_iter().map(|(mut key, value)| {
                key.at = shift(key.at);
                (key, moved(value, shift))
            });
            Kind::Map(entries.collect())
        }
        scalar => scalar,
    };
    Node { at: shift(node.at), kind }
}

/// The documents and where each begins. A line that begins with `---` parts them, wherever it stands (YAML 1.2, 9.1.2).
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut begin, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(rest) =
            line.strip_prefix("---").filter(|rest| rest.starts_with(char::is_whitespace) || rest.is_empty())
        {
            parts.push((begin, &text[begin..at]));
            begin = at + line.len() - rest.len();
        }
        at += line.len();
    }
    parts.push((begin, &text[begin..]));
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn documents_are_parted_at_their_marks() {
        let parts = |text| split(text).into_iter().map(|(at, part)| format!("{at}:{part}")).collect::<Vec<_>>();
        assert_eq!(parts("a: 1\n"), ["0:a: 1\n"]);
        assert_eq!(parts("a: 1\n---\nb: 2"), ["0:a: 1\n", "8:\nb: 2"]);
        assert_eq!(parts("---\na: 1\n--- # two\n----\n"), ["0:", "3:\na: 1\n", "12: # two\n----\n"]);
    }
}
