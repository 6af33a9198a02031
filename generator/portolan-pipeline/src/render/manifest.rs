//! Manifests that somebody wrote by hand, and what templates become: each object a file, as it was written.

use super::file::RenderedFile;
use super::object::manifest_path;
use super::tree::{Tree, Value};
use crate::model::Stack;
use crate::spec::{Kind, Node, Style};

pub(super) fn render_manifests(stack: &Stack) -> Vec<RenderedFile> {
    let files = stack.manifests.iter().flat_map(|manifest| {
        let many = manifest.objects.len() > 1;
        manifest.objects.iter().zip(1..).map(move |(object, number)| {
            // No name of a manifest has a dot, so no two files are called alike.
            let number = if many { format!(".{number:03}") } else { String::new() };
            let path = manifest_path(stack, &format!("manifest-{}{number}", manifest.name.value));
            RenderedFile::verbatim(path, tree(&object.node), object.text.clone())
        })
    });
    files.collect()
}

/// What it says, for those who ask where a value came from; what is written is the text.
fn tree(node: &Node) -> Tree {
    let value = match &node.kind {
        Kind::Null => Value::Null,
        Kind::Scalar { text, style: Style::Bool } if text == "true" || text == "false" => Value::Bool(text == "true"),
        Kind::Scalar { text, style: Style::Number } => {
            text.parse().map_or_else(|_| Value::Text(text.clone()), Value::Number)
        }
        Kind::Scalar { text, .. } => Value::Text(text.clone()),
        Kind::List(items) => Value::List(items.iter().map(tree).collect()),
        Kind::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.text.clone().into(), tree(value))).collect())
        }
    };
    Tree::from(value).at_place(Some(node.at))
}
