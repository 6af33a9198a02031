//! The graph as a Mermaid flowchart, which GitHub and most editors draw.

use std::collections::{BTreeMap, BTreeSet};

use super::Graph;
use super::edge::{Edge, Relation};
use super::node::{Kind, Node, NodeId};
use super::words::visible;

impl Graph {
    /// For pages: a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let names = names(self.drawn());
        let mut lines = vec!["flowchart LR".to_owned()];
        lines.extend(self.drawn().map(|node| format!("  {}{}", names[&node.id], shape(node))));
        lines.extend(self.edges.iter().map(|edge| format!("  {}", arrow(edge, &names))));
        lines.join("\n") + "\n"
    }
}

/// What each node is called in the drawing: its kind and as much of its name as Mermaid takes, so that a new node
/// renames no other. Where two are the same then, they are numbered.
fn names<'a>(nodes: impl Iterator<Item = &'a Node>) -> BTreeMap<&'a NodeId, String> {
    let mut names = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for node in nodes {
        let plain = node.id.name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        let plain = format!("{}_{plain}", node.id.kind.word());
        let number = numbers.entry(plain.clone()).or_insert(1);
        let mut name = plain.clone();
        while !taken.insert(name.clone()) {
            *number += 1;
            name = format!("{plain}_{number}");
        }
        names.insert(&node.id, name);
    }
    names
}

fn shape(node: &Node) -> String {
    let name = vec![node.id.name.clone()];
    let label = label(&[vec![name], node.lines()].concat());
    match node.id.kind {
        Kind::Topic => format!("([{label}])"),
        Kind::Service => format!("[{label}]"),
        Kind::External => format!("[[{label}]]"),
        Kind::Component => format!("[({label})]"),
        Kind::Secret => format!("{{{{{label}}}}}"),
    }
}

fn arrow(edge: &Edge, names: &BTreeMap<&NodeId, String>) -> String {
    let line = if edge.relation == Relation::DeadLetters { "-.->" } else { "-->" };
    format!("{} {line}|{}| {}", names[&edge.from], label(&edge.relation.lines()), names[&edge.to])
}

fn label(lines: &[Vec<String>]) -> String {
    let lines = lines.iter().filter(|words| !words.is_empty());
    let lines: Vec<String> = lines.map(|words| escaped(&words.join(", "))).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

/// Mermaid knows no backslash; what could mean something to it, or to the HTML that it makes, is written as a number.
fn escaped(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || " -_./:,%+=@\u{fffd}".contains(letter);
    let letters = visible(text);
    letters
        .chars()
        .map(|letter| if plain(letter) { letter.to_string() } else { format!("#{};", u32::from(letter)) })
        .collect()
}
