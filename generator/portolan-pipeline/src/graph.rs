//! graph_: who publishes what, who gets it, and who else talks to whom, as nodes and edges. Both are ordered, so every
//! drawing is stable byte for byte; nothing here can fail.

mod dot;
mod edge;
mod edges;
mod mermaid;
mod node;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::collections::BTreeSet;

use serde::Serialize;

pub use edge::{Edge, Relation, Route};
pub use node::{About, Kind, Node, NodeId};

use crate::model::Stack;

/// One stack in one environment, as a graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// The stack's name.
    pub stack: String,
    /// The environment's name.
    pub environment: String,
    /// Topics, services, components, secrets: by kind, then by name.
    pub nodes: Vec<Node>,
    /// By their ends, then by what they say. Both ends stand among the nodes.
    pub edges: Vec<Edge>,
}

/// graph_: the graph of a stack.
pub fn graph_stack(stack: &Stack) -> Graph {
    let nodes = node::nodes(stack);
    let known: BTreeSet<&NodeId> = nodes.iter().map(|node| &node.id).collect();
    let mut edges = edges::edges(stack);
    // What names nothing is a finding; here it has no node to end at.
    edges.retain(|edge| known.contains(&edge.from) && known.contains(&edge.to));
    edges.sort();
    edges.dedup();
    Graph { stack: stack.name.value.clone(), environment: stack.environment.clone(), nodes, edges }
}

impl Graph {
    /// The nodes of a drawing: every topic and service, and of the others those that an edge leads to.
    fn drawn(&self) -> impl Iterator<Item = &Node> {
        let touched: BTreeSet<&NodeId> = self.edges.iter().flat_map(|edge| [&edge.from, &edge.to]).collect();
        self.nodes
            .iter()
            .filter(move |node| matches!(node.id.kind, Kind::Topic | Kind::Service) || touched.contains(&node.id))
    }
}
