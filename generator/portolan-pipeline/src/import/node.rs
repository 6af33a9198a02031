//! Ways into a tree with places.

use crate::spec::node::{Key, Kind, Node, Style};

impl Node {
    /// The value at a path of keys.
    pub(super) fn at_path(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.entry(key))
    }

    /// The scalar at a path.
    pub(super) fn scalar_at(&self, path: &[&str]) -> Option<&str> {
        self.at_path(path)?.text()
    }

    /// The items of a list; none of anything else.
    pub(super) fn list(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The items at a path.
    pub(super) fn list_at(&self, path: &[&str]) -> &[Self] {
        self.at_path(path).map_or(&[], Self::list)
    }

    /// The scalars of the list at a path.
    pub(super) fn words_at(&self, path: &[&str]) -> Vec<String> {
        self.list_at(path).iter().filter_map(|item| item.text().map(str::to_owned)).collect()
    }

    /// The entries of a map; none of anything else.
    pub(super) fn map(&self) -> &[(Key, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entries at a path.
    pub(super) fn map_at(&self, path: &[&str]) -> &[(Key, Self)] {
        self.at_path(path).map_or(&[], Self::map)
    }

    /// Whether it is a boolean or text that says true.
    pub(super) fn is_true(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, style: Style::Bool | Style::Text } if text == "true")
    }
}
