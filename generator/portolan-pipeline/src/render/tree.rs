//! A document to be written, in which every value remembers where it came from.

use std::borrow::Cow;
use std::fmt::Display;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::Fact;
use crate::source::Span;
use crate::spec::{Anything, Located};

/// A value, and the place in the spec or in a contract that it came from; nowhere when portolan derived it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub at: Option<Span>,
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Number(u64),
    /// Text, quoted where YAML would take it for something else.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// A map, in the order it is written.
    Map(Vec<(Cow<'static, str>, Tree)>),
}

impl Value {
    /// A scalar as text.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Null => Some("null".to_owned()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(value) => Some(value.to_string()),
            Self::Text(value) => Some(value.clone()),
            Self::List(_) | Self::Map(_) => None,
        }
    }
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        Self { value, at: None }
    }
}

impl From<bool> for Tree {
    fn from(value: bool) -> Self {
        Value::Bool(value).into()
    }
}

impl From<u64> for Tree {
    fn from(value: u64) -> Self {
        Value::Number(value).into()
    }
}

impl From<&str> for Tree {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned()).into()
    }
}

impl From<String> for Tree {
    fn from(value: String) -> Self {
        Value::Text(value).into()
    }
}

impl From<Vec<Tree>> for Tree {
    fn from(value: Vec<Tree>) -> Self {
        Value::List(value).into()
    }
}

impl Tree {
    /// The value as text, with its place.
    pub(super) fn text<T: Display>(fact: &Fact<T>) -> Self {
        Self { value: Value::Text(fact.value.to_string()), at: fact.at }
    }

    /// The value as a number, with its place.
    pub(super) fn number<T: Copy + Into<u64>>(fact: &Fact<T>) -> Self {
        Self { value: Value::Number(fact.value.into()), at: fact.at }
    }

    /// The value as a boolean, with its place.
    pub(super) fn flag(fact: &Fact<bool>) -> Self {
        Self { value: Value::Bool(fact.value), at: fact.at }
    }

    /// A value of any shape, each part with its place.
    pub(super) fn anything(written: &Located<Anything>) -> Self {
        let value = match &written.value {
            Anything::Null => Value::Null,
            Anything::Bool(value) => Value::Bool(*value),
            Anything::Number(value) => Value::Number(*value),
            Anything::Text(value) => Value::Text(value.clone()),
            Anything::List(items) => Value::List(items.iter().map(Self::anything).collect()),
            Anything::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (key.clone().into(), Self::anything(value))).collect())
            }
        };
        Self { value, at: Some(written.at) }
    }

    /// What tells an item of a list apart: its `name`, else the first thing it says; of a scalar the value.
    pub(super) fn label(&self) -> Option<String> {
        let Value::Map(entries) = &self.value else { return self.value.scalar() };
        let named = entries.iter().find(|(key, _)| key == "name").or(entries.first());
        named.and_then(|(_, tree)| tree.value.scalar())
    }

    /// The value in JSON, on one line.
    pub(super) fn json(&self) -> String {
        #[expect(clippy::expect_used, reason = "text, numbers, lists and maps by text are always JSON")]
        serde_json::to_string(self).expect("a tree is always JSON")
    }

    /// The value in JSON, for people.
    pub(super) fn pretty_json(&self) -> String {
        #[expect(clippy::expect_used, reason = "text, numbers, lists and maps by text are always JSON")]
        serde_json::to_string_pretty(self).expect("a tree is always JSON")
    }

    /// The same value from another place.
    pub(super) fn at_place(mut self, at: Option<Span>) -> Self {
        self.at = at;
        self
    }
}

/// A map under construction.
#[derive(Default)]
pub(super) struct Map(Vec<(Cow<'static, str>, Tree)>);

impl Map {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// What was added, in its order.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (Cow<'static, str>, Tree)> {
        self.0.into_iter()
    }

    /// Adds an entry.
    pub(super) fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Tree>) -> Self {
        self.0.push((key.into(), value.into()));
        self
    }

    /// Adds an entry where there is a value.
    pub(super) fn maybe(self, key: &'static str, value: Option<impl Into<Tree>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds a list, unless it is empty.
    pub(super) fn list(self, key: &'static str, items: Vec<Tree>) -> Self {
        self.maybe(key, Some(items).filter(|items| !items.is_empty()))
    }

    /// The map, unless it is empty.
    pub(super) fn into_tree(self) -> Option<Tree> {
        (!self.0.is_empty()).then(|| self.into())
    }

    /// The map as text in JSON, for what takes a document as text.
    pub(super) fn into_json(self) -> Tree {
        Tree::from(Tree::from(self).json())
    }

    /// Adds a map, unless it is empty.
    pub(super) fn map(self, key: &'static str, map: Self) -> Self {
        self.maybe(key, map.into_tree())
    }
}

impl From<Map> for Tree {
    fn from(map: Map) -> Self {
        Value::Map(map.0).into()
    }
}

impl<K: Into<Cow<'static, str>>> FromIterator<(K, Tree)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Tree)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(key, tree)| (key.into(), tree)).collect())
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(value) => serializer.serialize_u64(*value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::List(items) => serializer.collect_seq(items),
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key.as_ref(), value)?;
                }
                map.end()
            }
        }
    }
}
