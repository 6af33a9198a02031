//! The graph as text: a paragraph for each topic, service and component, an edge a line.

use std::collections::BTreeMap;

use super::Graph;
use super::edge::{Edge, Relation};
use super::node::{Kind, Node, NodeId};
use super::words::{in_one_line, visible};

/// The edges of each node.
#[derive(Default)]
struct Ends<'a> {
    into: BTreeMap<&'a NodeId, Vec<&'a Edge>>,
    out_of: BTreeMap<&'a NodeId, Vec<&'a Edge>>,
}

/// A line: an arrow, who is at its other end, and what passes.
struct Row {
    arrow: &'static str,
    name: String,
    words: String,
}

impl Graph {
    /// For people: who publishes to each topic and who gets its events, then what else services and components use.
    pub fn text(&self) -> String {
        let mut ends = Ends::default();
        for edge in &self.edges {
            ends.into.entry(&edge.to).or_default().push(edge);
            ends.out_of.entry(&edge.from).or_default().push(edge);
        }
        let mut text = format!("{} in {}\n", visible(&self.stack), visible(&self.environment));
        for node in &self.nodes {
            let rows = ends.rows(node);
            if !rows.is_empty() || ends.stands_alone(node) {
                text.push('\n');
                text.push_str(&paragraph(node, &rows));
            }
        }
        text
    }
}

impl<'a> Ends<'a> {
    fn into(&self, node: &NodeId) -> impl Iterator<Item = &'a Edge> {
        self.into.get(node).into_iter().flatten().copied()
    }

    fn out_of(&self, node: &NodeId) -> impl Iterator<Item = &'a Edge> {
        self.out_of.get(node).into_iter().flatten().copied()
    }

    /// Whatever has to do with a topic stands with the topic.
    fn rows(&self, node: &Node) -> Vec<Row> {
        let out = self.out_of(&node.id).filter(|edge| node.id.kind == Kind::Topic || edge.to.kind != Kind::Topic);
        let out = out.map(|edge| Row::new("->", &edge.to, edge));
        match node.id.kind {
            Kind::Topic => {
                let publishers = self.into(&node.id).filter(|edge| edge.from.kind == Kind::Service);
                publishers.map(|edge| Row::new("<-", &edge.from, edge)).chain(out).collect()
            }
            _ => out.collect(),
        }
    }

    /// Whether a node is worth a line without any edge; dead letters were named with their topic.
    fn stands_alone(&self, node: &Node) -> bool {
        match node.id.kind {
            Kind::Topic => !self.into(&node.id).any(|edge| edge.relation == Relation::DeadLetters),
            kind => kind == Kind::Service,
        }
    }
}

impl Row {
    fn new(arrow: &'static str, other: &NodeId, edge: &Edge) -> Self {
        Self { arrow, name: visible(&other.name), words: visible(&words(&edge.relation)) }
    }
}

fn words(relation: &Relation) -> String {
    match relation {
        Relation::Reads { keys } => format!("reads {}", keys.join(", ")),
        relation => in_one_line(&relation.lines()),
    }
}

fn paragraph(node: &Node, rows: &[Row]) -> String {
    let about = in_one_line(&node.lines());
    let mut lines = vec![visible(&format!("{} {}: {about}", node.id.kind.word(), node.id.name))];
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default();
    lines.extend(rows.iter().map(|Row { arrow, name, words }| format!("  {arrow} {name:width$}  {words}")));
    lines.join("\n") + "\n"
}
