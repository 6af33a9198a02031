//! An environment laid over the stack: maps meet key by key, anything else replaces what was there.

use std::collections::BTreeMap;

use super::node::{Key, Kind, Node};

/// `top` laid over `base`. Every value keeps the place where it was written, so provenance survives.
pub(crate) fn overlay(base: Node, top: Node) -> Node {
    match (base.kind, top.kind) {
        (Kind::Map(below), Kind::Map(above)) => Node { at: base.at, kind: Kind::Map(overlay_entries(below, above)) },
        // `name:` with nothing behind it takes a map as it is.
        (Kind::Map(below), Kind::Null) => Node { at: base.at, kind: Kind::Map(below) },
        (_, above) => Node { at: top.at, kind: above },
    }
}

fn overlay_entries(below: Vec<(Key, Node)>, above: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    let mut above: BTreeMap<String, (usize, Key, Node)> =
        above.into_iter().enumerate().map(|(order, (key, node))| (key.text.clone(), (order, key, node))).collect();
    let mut merged: Vec<(Key, Node)> = below
        .into_iter()
        .filter_map(|(key, node)| match above.remove(&key.text) {
            Some((_, _, top)) if takes_back(&node, &top) => None,
            Some((_, _, top)) => Some((key, overlay(node, top))),
            None => Some((key, node)),
        })
        .collect();
    let mut added: Vec<_> = above.into_values().collect();
    added.sort_by_key(|(order, _, _)| *order);
    merged.extend(added.into_iter().map(|(_, key, node)| (key, node)));
    merged
}

/// Nothing over a value takes the value back, as if it had never been written.
fn takes_back(below: &Node, top: &Node) -> bool {
    top.kind == Kind::Null && (!matches!(below.kind, Kind::Map(_)) || is_reference(below))
}

/// `{ secret: NAME/KEY }` is one value, though YAML calls it a map.
fn is_reference(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(entries) => {
            matches!(entries.as_slice(), [(key, Node { kind: Kind::Scalar { .. }, .. })] if key.text == "secret")
        }
        _ => false,
    }
}
