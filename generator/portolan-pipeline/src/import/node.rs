//! Ways into a tree with places.

use serde_json::{Value, json};

use crate::spec::node::{Key, Kind, Node, Style};
use crate::spec::{Duration, FromText};

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

    /// The text at a path, as a field.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<Value> {
        self.scalar_at(path).map(|text| json!(text))
    }

    /// The whole number at a path, as a field.
    pub(super) fn number_at(&self, path: &[&str]) -> Option<Value> {
        self.scalar_at(path)?.parse::<u32>().ok().map(|number| json!(number))
    }

    /// The boolean at a path, as a field.
    pub(super) fn flag_at(&self, path: &[&str]) -> Option<Value> {
        let text = self.scalar_at(path)?;
        matches!(text, "true" | "false").then(|| json!(text == "true"))
    }

    /// The seconds at a path, as a field.
    pub(super) fn seconds_at(&self, path: &[&str]) -> Option<Value> {
        self.scalar_at(path)?.parse::<u32>().ok().map(|seconds| json!(format!("{seconds}s")))
    }

    /// The length of time at a path, as Go writes it, where the spec can write it too.
    pub(super) fn duration_at(&self, path: &[&str]) -> Option<Value> {
        self.scalar_at(path).filter(|text| Duration::from_text(text).is_some()).map(|text| json!(text))
    }

    /// The word at a path, where it is one of those that the spec has.
    pub(super) fn word_at(&self, path: &[&str], words: &[&str]) -> Option<Value> {
        self.scalar_at(path).filter(|text| words.contains(text)).map(|text| json!(text))
    }

    /// Whether it is a boolean or text that says true.
    pub(super) fn is_true(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, style: Style::Bool | Style::Text } if text == "true")
    }
}
