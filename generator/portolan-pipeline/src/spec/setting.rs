//! A value of component metadata or of an environment variable: written here, or in a secret.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, wrong_type};
use super::node::{Kind, Node, Style};
use super::rules;
use super::secret_reference::{SecretKey, SecretReference};
use crate::finding::{Finding, Findings};

/// A setting that a component or a container reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// The value itself, as it was written.
    Plain(String),
    /// A key of a secret.
    Secret(SecretKey),
}

impl Decode for Setting {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match &node.kind {
            // YAML 1.1 words: one reader takes them for booleans, the next for text.
            Kind::Scalar { text, style: Style::Bool } if text != "true" && text != "false" => {
                let message = format!("`{text}` is a boolean to some YAML readers and text to others");
                let help = format!("write true or false, or \"{text}\"");
                findings.push(Finding::new(&rules::UNQUOTED, node.at, message).help(help));
                None
            }
            Kind::Scalar { text, .. } => Some(Self::Plain(text.clone())),
            Kind::Map(_) => SecretReference::decode(node, findings).map(|reference| Self::Secret(reference.0)),
            _ => wrong_type(node, "a value or { secret: NAME/KEY }", findings),
        }
    }
}

impl JsonSchema for Setting {
    fn schema_name() -> Cow<'static, str> {
        "Setting".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let reference = generator.subschema_for::<SecretReference>();
        json_schema!({
            "description": "A plain value, or a reference to a key of a secret.",
            "anyOf": [{ "type": ["string", "number", "boolean"] }, reference],
        })
    }
}
