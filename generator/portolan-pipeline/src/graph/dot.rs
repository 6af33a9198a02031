//! The graph in DOT, the language of Graphviz.

use super::Graph;
use super::edge::{Edge, Relation};
use super::node::{Kind, Node, NodeId};
use super::words::visible;

impl Graph {
    /// For Graphviz: a directed graph in DOT.
    pub fn dot(&self) -> String {
        let name = quoted(&format!("{} in {}", self.stack, self.environment));
        let mut lines = vec![format!("digraph {name} {{"), "  rankdir=LR;".to_owned()];
        lines.extend(self.drawn().map(|node| format!("  {}", statement(node))));
        lines.extend(self.edges.iter().map(|edge| format!("  {}", arrow(edge))));
        lines.push("}".to_owned());
        lines.join("\n") + "\n"
    }
}

fn statement(node: &Node) -> String {
    let shape = match node.id.kind {
        Kind::Topic => "shape=box, style=rounded",
        Kind::Service => "shape=box",
        Kind::External => "shape=box, style=dashed",
        Kind::Component => "shape=cylinder",
        Kind::Secret => "shape=hexagon",
    };
    let name = vec![node.id.name.clone()];
    format!("{} [label={}, {shape}];", id(&node.id), label(&[vec![name], node.lines()].concat()))
}

fn arrow(edge: &Edge) -> String {
    let style = if edge.relation == Relation::DeadLetters { ", style=dashed" } else { "" };
    format!("{} -> {} [label={}{style}];", id(&edge.from), id(&edge.to), label(&edge.relation.lines()))
}

fn id(id: &NodeId) -> String {
    quoted(&format!("{}/{}", id.kind.word(), id.name))
}

/// In a label `&` begins an entity and `\n` ends a line.
fn label(lines: &[Vec<String>]) -> String {
    let lines = lines.iter().filter(|words| !words.is_empty());
    let lines: Vec<String> = lines.map(|words| escaped(&words.join(", ").replace('&', "&amp;"))).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"")
}
