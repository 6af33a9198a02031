//! `accept`: the findings that are meant to stay, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use super::contract::Contract;
use super::decode::Located;
use super::document::Document;
use super::node::{Key, Kind, Node};
use crate::finding::Finding;
use crate::source::{FileId, Span};
use crate::suggest::nearest;

/// One entry of `accept`: a code at a path of the spec.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The code, as it was written.
    pub code: Located<String>,
    /// The path, as it was written.
    pub path: Located<String>,
    /// Why, where a reason is given.
    pub because: Option<Located<String>>,
    /// What stands at the path.
    pub ground: Ground,
}

/// What a path of the spec covers, in the stack's file and in the environment's.
#[derive(Debug, Clone)]
pub enum Ground {
    /// Nothing stands there; the nearest path where something does.
    Nothing(Option<String>),
    /// These keys and values, and all of these files: a service's contract belongs to the service.
    Covered(BTreeSet<Span>, BTreeSet<FileId>),
}

impl Acceptance {
    /// Whether this is a finding that it speaks of.
    pub(crate) fn covers(&self, finding: &Finding) -> bool {
        let Ground::Covered(spans, files) = &self.ground else { return false };
        self.code.value == finding.rule.code && (spans.contains(&finding.at) || files.contains(&finding.at.file))
    }
}

/// Whether a text accepts anything: else nobody asks what its paths cover.
pub(super) fn speaks_of_acceptance(node: &Node) -> bool {
    matches!(&node.kind, Kind::Map(entries) if entries.iter().any(|(key, _)| key.text == "accept"))
}

/// The entries of a document, each with what its path covers in the texts before they were laid over each other.
pub(super) fn parse_acceptances(
    document: &Document,
    texts: &[Option<&Node>],
    contracts: &BTreeMap<String, (FileId, Contract)>,
) -> Vec<Acceptance> {
    let entries = document.accept.iter().flat_map(|(code, paths)| paths.iter().map(move |entry| (code, entry)));
    let entries = entries.map(|(code, (path, because))| Acceptance {
        code: code.clone(),
        path: path.clone(),
        because: because.clone(),
        ground: ground(&path.value, texts, contracts),
    });
    entries.collect()
}

fn ground(path: &str, texts: &[Option<&Node>], contracts: &BTreeMap<String, (FileId, Contract)>) -> Ground {
    let (mut spans, mut files) = (BTreeSet::new(), BTreeSet::new());
    for (key, value) in texts.iter().flatten().filter_map(|text| find(text, path)) {
        spans.insert(key.at);
        add_spans(value, &mut spans);
    }
    if spans.is_empty() {
        return Ground::Nothing(texts.iter().flatten().find_map(|text| nearest_path(text, path)));
    }
    let contract = path.strip_prefix("services.").and_then(|service| contracts.get(service));
    files.extend(contract.map(|(file, _)| *file));
    Ground::Covered(spans, files)
}

/// What stands at a path. Names may have dots in them, so each key is tried for as many parts as it has.
fn find<'a>(node: &'a Node, path: &str) -> Option<(&'a Key, &'a Node)> {
    let Kind::Map(entries) = &node.kind else { return None };
    entries.iter().find_map(|(key, value)| match path.strip_prefix(key.text.as_str())? {
        "" => Some((key, value)),
        rest => find(value, rest.strip_prefix('.')?),
    })
}

fn add_spans(node: &Node, spans: &mut BTreeSet<Span>) {
    spans.insert(node.at);
    match &node.kind {
        Kind::Null | Kind::Scalar { .. } => {}
        Kind::List(items) => items.iter().for_each(|item| add_spans(item, spans)),
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            spans.insert(key.at);
            add_spans(value, spans);
        }),
    }
}

/// The path with the part that is not there replaced by the nearest one that is.
fn nearest_path(node: &Node, path: &str) -> Option<String> {
    let Kind::Map(entries) = &node.kind else { return None };
    for (key, value) in entries {
        if let Some(rest) = path.strip_prefix(key.text.as_str()).and_then(|rest| rest.strip_prefix('.')) {
            return nearest_path(value, rest).map(|rest| format!("{}.{rest}", key.text));
        }
    }
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    let near = nearest(head, entries.iter().map(|(key, _)| key.text.as_str()))?;
    Some(if rest.is_empty() { near.to_owned() } else { format!("{near}.{rest}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::source::Sources;
    use crate::spec::yaml::parse_yaml;

    fn node(text: &str) -> Node {
        let mut sources = Sources::default();
        let file = sources.add("stack.yaml", text);
        parse_yaml(&sources, file, &mut Findings::default()).unwrap()
    }

    #[test]
    fn a_name_with_dots_is_one_part_of_a_path() {
        let stack = node("topics: { orders: { partitions: 1 }, orders.v2: { partitions: 2 } }\n");
        for path in ["topics", "topics.orders", "topics.orders.partitions", "topics.orders.v2.partitions"] {
            assert!(find(&stack, path).is_some(), "{path}");
        }
        for path in ["", "topic", "topics.", "topics.orders.v3", "topics.orders.v2.partitions.more"] {
            assert!(find(&stack, path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_slip_in_a_path_is_told() {
        let stack = node("topics: { orders: { partitions: 1 } }\n");
        assert_eq!(nearest_path(&stack, "topics.oders.partitions"), Some("topics.orders.partitions".to_owned()));
        assert_eq!(nearest_path(&stack, "topic.orders"), Some("topics.orders".to_owned()));
        assert_eq!(nearest_path(&stack, "services.mailer"), None);
    }
}
