//! What the other environments mention: a declaration that they use is not idle because this one does not.

use std::collections::BTreeSet;

use super::document::Document;
use super::node::{Key, Kind, Node};
use super::project::{Files, contract_path, environment_path};
use super::yaml::parse_yaml;
use crate::finding::Findings;
use crate::source::Sources;

/// The secrets that the stack itself refers to: what one environment replaces, another one may leave as it is.
pub(super) fn secret_references(stack: Option<&Node>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    if let Some(stack) = stack {
        secrets_of(stack, &mut words);
    }
    words
}

/// The words of every other environment, and of the contracts of services that only it has. Nothing where that cannot be told.
pub(super) fn mentioned_elsewhere(
    files: &dyn Files,
    environment: &str,
    document: &Document,
    of_the_stack: BTreeSet<String>,
) -> Option<BTreeSet<String>> {
    let mut words = of_the_stack;
    for other in files.environments()?.iter().filter(|other| *other != environment) {
        let node = parse(files, &environment_path(other))?;
        words_of(&node, &mut words);
        for (name, service) in entries(&node, "services") {
            if document.services.get(&name.text).is_none()
                && let Some(contract) = parse(files, &path_of(&name.text, service))
            {
                words_of(&contract, &mut words);
            }
        }
    }
    Some(words)
}

fn parse(files: &dyn Files, path: &str) -> Option<Node> {
    let mut sources = Sources::default();
    let file = sources.add(path, files.read(path).ok()?);
    // What is wrong with it is found when that environment is checked.
    parse_yaml(&sources, file, &mut Findings::default())
}

fn path_of(service: &str, written: &Node) -> String {
    let entries = if let Kind::Map(entries) = &written.kind { entries.as_slice() } else { &[] };
    let path = entries.iter().find(|(key, _)| key.text == "contract").and_then(|(_, path)| text(path));
    path.map_or_else(|| contract_path(service), str::to_owned)
}

fn entries<'a>(node: &'a Node, section: &str) -> &'a [(Key, Node)] {
    let Kind::Map(sections) = &node.kind else { return &[] };
    match sections.iter().find(|(key, _)| key.text == section).map(|(_, node)| &node.kind) {
        Some(Kind::Map(entries)) => entries,
        _ => &[],
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// Every value, and the topics that are subscribed to, which are keys.
fn words_of(node: &Node, words: &mut BTreeSet<String>) {
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar { text, .. } => words.extend(Some(text.clone())),
        Kind::List(items) => items.iter().for_each(|item| words_of(item, words)),
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            if let ("subscribes", Kind::Map(topics)) = (key.text.as_str(), &value.kind) {
                words.extend(topics.iter().map(|(topic, _)| topic.text.clone()));
            }
            words_of(value, words);
        }),
    }
}

fn secrets_of(node: &Node, words: &mut BTreeSet<String>) {
    match &node.kind {
        Kind::Null | Kind::Scalar { .. } => {}
        Kind::List(items) => items.iter().for_each(|item| secrets_of(item, words)),
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| match text(value) {
            Some(reference) if key.text == "secret" => words.extend(Some(reference.to_owned())),
            _ => secrets_of(value, words),
        }),
    }
}
