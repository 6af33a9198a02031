//! Any YAML at all, for what another system takes as it is.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Located};
use super::node::{Kind, Node, Style};
use crate::finding::Findings;

/// A value of any shape, each part with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anything {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(u64),
    /// Text, and whatever else YAML writes in one word.
    Text(String),
    /// A list.
    List(Vec<Located<Anything>>),
    /// A map.
    Map(Vec<(String, Located<Anything>)>),
}

impl Decode for Anything {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        Some(match &node.kind {
            Kind::Null => Self::Null,
            Kind::Scalar { text, style: Style::Bool } if text == "true" || text == "false" => {
                Self::Bool(text == "true")
            }
            Kind::Scalar { text, style: Style::Number } if text.parse::<u64>().is_ok() => {
                Self::Number(text.parse().ok()?)
            }
            Kind::Scalar { text, .. } => Self::Text(text.clone()),
            Kind::List(items) => Self::List(items.iter().filter_map(|item| Located::decode(item, findings)).collect()),
            Kind::Map(entries) => Self::Map(
                entries
                    .iter()
                    .filter_map(|(key, value)| Some((key.text.clone(), Located::decode(value, findings)?)))
                    .collect(),
            ),
        })
    }
}

impl JsonSchema for Anything {
    fn schema_name() -> Cow<'static, str> {
        "Anything".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Any value." })
    }
}
