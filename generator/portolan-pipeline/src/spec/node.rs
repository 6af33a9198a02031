//! A YAML text as a tree in which every value knows its place.

use crate::source::Span;

/// One value and where it stands. A value that came through an alias or a merge key stands where it was defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) at: Span,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Scalar { text: String, style: Style },
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// What YAML takes an unquoted scalar for. Quoted text is always [`Style::Text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Text,
    Bool,
    Number,
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) at: Span,
}

impl Node {
    /// The value under a key of a map.
    pub(crate) fn entry(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.text == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a scalar, as it was written.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What the value is, in words for a message.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Scalar { style: Style::Text, .. } => "text",
            Kind::Scalar { style: Style::Bool, .. } => "a boolean",
            Kind::Scalar { style: Style::Number, .. } => "a number",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}
