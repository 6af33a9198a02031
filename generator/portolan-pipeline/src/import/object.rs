//! The objects of texts: several documents in one, lists of objects, and what is no object at all.

use super::report::{Log, Place};
use crate::finding::Findings;
use crate::source::{Sources, Span};
use crate::spec::node::{Kind, Node};
use crate::spec::parse_yaml;

/// How many documents are read; more are no folder that people keep.
const MAX_DOCUMENTS: usize = 20_000;
/// What a chart's or a generator's text has where a value belongs.
const TEMPLATE: &str = "{{";

/// An object of Kubernetes, or a file for `dapr run -f`.
#[derive(Debug)]
pub(super) struct Object {
    /// What it is; `dapr.yaml` for a file of several apps.
    pub(super) kind: String,
    /// The group of its API.
    pub(super) group: String,
    pub(super) name: String,
    pub(super) namespace: Option<String>,
    pub(super) node: Node,
    document: Document,
}

/// Where a document stands.
#[derive(Debug, Clone)]
struct Document {
    path: String,
    /// The lines before it in its file.
    lines_before: usize,
    /// Where each of its lines begins.
    starts: Vec<usize>,
}

impl Object {
    /// The place of a value of it.
    pub(super) fn place(&self, at: Span) -> Place {
        self.document.place(at)
    }

    /// Its kind and name, as people say it.
    pub(super) fn title(&self) -> String {
        if self.name.is_empty() { self.kind.clone() } else { format!("{} {}", self.kind, self.name) }
    }
}

impl Document {
    fn place(&self, at: Span) -> Place {
        let start = at.start as usize;
        let line = self.starts.partition_point(|begins| *begins <= start).max(1);
        let column = start - self.starts[line - 1] + 1;
        Place { file: self.path.clone(), line: self.lines_before + line, column }
    }
}

/// Every object, in the order of the files.
pub(super) fn read_objects(texts: &[(String, String)], log: &mut Log) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut documents = 0;
    for (path, text) in texts {
        for (lines_before, part) in documents_of(text) {
            documents += 1;
            let starts = std::iter::once(0).chain(part.match_indices('\n').map(|(at, _)| at + 1)).collect();
            let document = Document { path: path.clone(), lines_before, starts };
            if documents > MAX_DOCUMENTS {
                let reason = format!("more than {MAX_DOCUMENTS} documents");
                log.left(document.place(start()), "file", "", &reason, "import its folders one by one");
                return objects;
            }
            read_document(&document, &part, &mut objects, log);
        }
    }
    objects
}

/// The documents of a text, each with the number of lines before it.
fn documents_of(text: &str) -> Vec<(usize, String)> {
    let (mut documents, mut part, mut first) = (Vec::new(), String::new(), 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if bare == "---" || bare == "..." || bare.starts_with("--- ") {
            documents.push((first, std::mem::take(&mut part)));
            first = number + 1;
        } else {
            part.push_str(line);
        }
    }
    documents.push((first, part));
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    documents.retain(|(_, text)| text.lines().any(says));
    documents
}

fn start() -> Span {
    let mut sources = Sources::default();
    Span { file: sources.add("", ""), start: 0, end: 0 }
}

fn read_document(document: &Document, text: &str, objects: &mut Vec<Object>, log: &mut Log) {
    let mut sources = Sources::default();
    let file = sources.add(document.path.as_str(), text);
    let mut findings = Findings::default();
    let Some(node) = parse_yaml(&sources, file, &mut findings) else {
        let template = text.contains(TEMPLATE);
        let reason = if template { "a template, of which nobody knows the values" } else { "no YAML that can be read" };
        let fix = if template { "render it first, as with `helm template`" } else { "mend it" };
        let at = findings.iter().next().map_or_else(start, |finding| finding.at);
        log.left(document.place(at), "document", "", reason, fix);
        return;
    };
    add(document, node, None, objects, log);
}

fn add(document: &Document, node: Node, of_list: Option<&str>, objects: &mut Vec<Object>, log: &mut Log) {
    let text = |path: &[&str]| node.scalar_at(path).map(str::to_owned);
    let kind = text(&["kind"]).or_else(|| of_list.map(str::to_owned));
    let apps = node.entry("apps").is_some_and(|apps| matches!(apps.kind, Kind::List(_)));
    let Some(kind) = kind.or_else(|| apps.then(|| super::run_file::KIND.to_owned())) else {
        log.left(document.place(node.at), "document", "", "it has no `kind`, so it is no object", "");
        return;
    };
    if let (Some(Kind::List(_)), Some(of)) = (node.entry("items").map(|items| &items.kind), kind.strip_suffix("List")) {
        let of = Some(of).filter(|of| !of.is_empty()).map(str::to_owned);
        let Kind::Map(entries) = node.kind else { return };
        let items = entries.into_iter().filter(|(key, _)| key.text == "items").map(|(_, items)| items.kind);
        for item in items.flat_map(|items| if let Kind::List(items) = items { items } else { Vec::new() }) {
            add(document, item, of.as_deref(), objects, log);
        }
        return;
    }
    let api = text(&["apiVersion"]).unwrap_or_default();
    let object = Object {
        group: api.split_once('/').map_or(String::new(), |(group, _)| group.to_owned()),
        name: text(&["metadata", "name"]).unwrap_or_default(),
        namespace: text(&["metadata", "namespace"]),
        kind,
        node,
        document: document.clone(),
    };
    if object.name.is_empty() && super::verify::is_read(&object) && object.kind != super::run_file::KIND {
        log.left(object.place(object.node.at), &object.title(), "", "it has no name", "give it one");
        return;
    }
    let mut templates = Vec::new();
    find_templates(&object.node, &mut templates);
    if let Some(at) = templates.first().filter(|_| super::verify::is_read(&object)) {
        let reason = "a template in it (`{{`), of which nobody knows the value";
        log.left(object.place(*at), &object.title(), "", reason, "render it first, as with `helm template`");
        return;
    }
    objects.push(object);
}

fn find_templates(node: &Node, found: &mut Vec<Span>) {
    match &node.kind {
        Kind::Scalar { text, .. } if text.contains(TEMPLATE) => found.push(node.at),
        Kind::Null | Kind::Scalar { .. } => {}
        Kind::List(items) => items.iter().for_each(|item| find_templates(item, found)),
        Kind::Map(entries) => entries.iter().for_each(|(_, value)| find_templates(value, found)),
    }
}
