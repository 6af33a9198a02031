//! JSON Schema of an event's payload: the part of it that is compared, and the whole as it was written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::decode::{Decode, entries_of, wrong_type};
use super::node::{Key, Kind, Node, Style};
use crate::finding::Findings;
use crate::source::Span;

/// The types that a value can have.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];
/// Bounds from below: a larger one accepts less.
const LOWER: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/// Bounds from above: a smaller one accepts less.
const UPPER: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/// What says something about a value, and nothing about which values there are.
const ANNOTATIONS: [&str; 11] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$anchor",
];

/// What a payload, or a part of it, may be.
#[derive(Debug, Clone)]
pub struct EventSchema {
    /// Where it stands.
    pub at: Span,
    /// All of it, keywords that are not known here among them.
    pub json: Value,
    /// Its types; any where none is named.
    pub types: Option<BTreeSet<String>>,
    /// The fields that it names.
    pub properties: BTreeMap<String, EventSchema>,
    /// The fields that have to be there.
    pub required: BTreeSet<String>,
    /// The values that it can have, each as JSON; any where none is named.
    pub values: Option<BTreeSet<String>>,
    /// What each item of a list is.
    pub items: Option<Box<EventSchema>>,
    /// The fields that it does not name.
    pub additional: Additional,
    /// Bounds from below, by keyword.
    pub lower: BTreeMap<String, f64>,
    /// Bounds from above, by keyword.
    pub upper: BTreeMap<String, f64>,
    /// Keywords that can only be the same or not: `format`, `pattern`, `multipleOf`, `uniqueItems`.
    pub exact: BTreeMap<String, Value>,
    /// Keywords that are kept and not compared.
    pub unknown: BTreeMap<String, Value>,
}

/// The fields that a schema does not name.
#[derive(Debug, Clone)]
pub enum Additional {
    /// Any.
    Open,
    /// None.
    Closed,
    /// Of this form.
    Schema(Box<EventSchema>),
}

impl EventSchema {
    fn new(node: &Node) -> Self {
        Self {
            at: node.at,
            json: json(node),
            types: None,
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            values: None,
            items: None,
            additional: Additional::Open,
            lower: BTreeMap::new(),
            upper: BTreeMap::new(),
            exact: BTreeMap::new(),
            unknown: BTreeMap::new(),
        }
    }

    fn take(&mut self, key: &Key, value: &Node, findings: &mut Findings) {
        let name = key.text.as_str();
        match name {
            "type" => self.types = types(value, findings),
            "properties" => {
                let read = entries_of(value, findings).unwrap_or_default().iter();
                let read = read.filter_map(|(key, node)| Some((key.text.clone(), Self::decode(node, findings)?)));
                self.properties = read.collect();
            }
            "required" => self.required = texts(value, "a list of field names", findings).unwrap_or_default(),
            "enum" => self.values = list(value, findings).map(|items| items.iter().map(as_text).collect()),
            "const" => self.values = Some(BTreeSet::from([as_text(value)])),
            "items" => self.items = Self::decode(value, findings).map(Box::new),
            "additionalProperties" => {
                if let Some(additional) = additional(value, findings) {
                    self.additional = additional;
                }
            }
            _ if LOWER.contains(&name) => {
                self.lower.extend(number(value, findings).map(|read| (name.to_owned(), read)));
            }
            _ if UPPER.contains(&name) => {
                self.upper.extend(number(value, findings).map(|read| (name.to_owned(), read)));
            }
            "format" | "pattern" | "multipleOf" | "uniqueItems" => {
                self.exact.insert(name.to_owned(), json(value));
            }
            _ if ANNOTATIONS.contains(&name) || name.starts_with("x-") => {}
            _ => {
                self.unknown.insert(name.to_owned(), json(value));
            }
        }
    }
}

impl Decode for EventSchema {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else { return wrong_type(node, "a JSON Schema, which is a map", findings) };
        let mut schema = Self::new(node);
        for (key, value) in entries {
            schema.take(key, value, findings);
        }
        Some(schema)
    }
}

fn additional(node: &Node, findings: &mut Findings) -> Option<Additional> {
    match &node.kind {
        Kind::Scalar { style: Style::Bool, .. } => {
            bool::decode(node, findings).map(|open| if open { Additional::Open } else { Additional::Closed })
        }
        _ => EventSchema::decode(node, findings).map(|schema| Additional::Schema(Box::new(schema))),
    }
}

fn types(node: &Node, findings: &mut Findings) -> Option<BTreeSet<String>> {
    let read = match &node.kind {
        Kind::Scalar { text, .. } => BTreeSet::from([text.clone()]),
        _ => texts(node, "a type, or a list of types", findings)?,
    };
    if read.iter().all(|word| TYPES.contains(&word.as_str())) {
        return Some(read);
    }
    wrong_type(node, &format!("one of JSON Schema's types ({})", TYPES.join(", ")), findings)
}

fn texts(node: &Node, wanted: &str, findings: &mut Findings) -> Option<BTreeSet<String>> {
    let Kind::List(items) = &node.kind else { return wrong_type(node, wanted, findings) };
    Some(items.iter().filter_map(|item| String::decode(item, findings)).collect())
}

fn list<'a>(node: &'a Node, findings: &mut Findings) -> Option<&'a [Node]> {
    match &node.kind {
        Kind::List(items) => Some(items),
        _ => wrong_type(node, "a list of values", findings),
    }
}

fn number(node: &Node, findings: &mut Findings) -> Option<f64> {
    match &node.kind {
        Kind::Scalar { text, style: Style::Number } if text.parse::<f64>().is_ok() => text.parse().ok(),
        _ => wrong_type(node, "a number", findings),
    }
}

/// A value as JSON text: `"1"` is not `1`.
fn as_text(node: &Node) -> String {
    json(node).to_string()
}

fn json(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Scalar { text, style: Style::Text } => Value::String(text.clone()),
        // A spelling that JSON does not have, `0x1F` or `yes`, stays text.
        Kind::Scalar { text, .. } => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
        Kind::List(items) => Value::Array(items.iter().map(json).collect()),
        Kind::Map(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.text.clone(), json(value))).collect::<Map<_, _>>())
        }
    }
}

impl JsonSchema for EventSchema {
    fn schema_name() -> Cow<'static, str> {
        "EventSchema".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let inner = generator.subschema_for::<Self>();
        let word = json_schema!({ "type": "string", "enum": TYPES });
        json_schema!({
            "description": "JSON Schema of a payload. The keywords named here are compared, any other is kept.",
            "type": "object",
            "properties": {
                "type": { "anyOf": [word, { "type": "array", "items": word }] },
                "properties": { "type": "object", "additionalProperties": inner },
                "required": { "type": "array", "items": { "type": "string" } },
                "enum": { "type": "array" },
                "const": true,
                "format": { "type": "string" },
                "pattern": { "type": "string" },
                "items": inner,
                "additionalProperties": { "anyOf": [{ "type": "boolean" }, inner] },
                "minimum": { "type": "number" },
                "maximum": { "type": "number" },
                "exclusiveMinimum": { "type": "number" },
                "exclusiveMaximum": { "type": "number" },
                "minLength": { "type": "integer" },
                "maxLength": { "type": "integer" },
                "minItems": { "type": "integer" },
                "maxItems": { "type": "integer" },
                "minProperties": { "type": "integer" },
                "maxProperties": { "type": "integer" },
                "multipleOf": { "type": "number" },
                "uniqueItems": { "type": "boolean" },
            },
        })
    }
}
