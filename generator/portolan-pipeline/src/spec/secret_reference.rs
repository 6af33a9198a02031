//! `{ secret: name/KEY }`: where a secret lies, never what it is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, FromText, decode_text, entries_of, unknown_field};
use super::node::{Kind, Node};
use super::rules;
use crate::finding::{Finding, Findings};

/// A key of a declared secret, written `name/KEY`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretKey {
    /// The secret's name.
    pub secret: String,
    /// The key in it.
    pub key: String,
}

impl FromText for SecretKey {
    const WANTED: &'static str = "SECRET/KEY, as in backend-secrets/DATABASE_URL";

    fn from_text(text: &str) -> Option<Self> {
        let (secret, key) = text.split_once('/')?;
        let whole = !secret.is_empty() && !key.is_empty() && !key.contains('/');
        whole.then(|| Self { secret: secret.to_owned(), key: key.to_owned() })
    }
}

impl Decode for SecretKey {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        decode_text(node, findings)
    }
}

impl fmt::Display for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.secret, self.key)
    }
}

super::schemas::text_schema!(SecretKey, "SecretKey", "SECRET/KEY.", r"^[^/]+/[^/]+$");

/// A reference written as `{ secret: name/KEY }`. A plain value in its place is refused and never shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretReference(pub SecretKey);

impl Decode for SecretReference {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        if let Kind::Scalar { .. } = node.kind {
            let finding = Finding::new(&rules::PLAIN_SECRET, node.at, "a secret stands here in plain");
            findings.push(finding.secret().help("write { secret: NAME/KEY } and keep the value out of the spec"));
            return None;
        }
        let mut reference = None;
        for (key, value) in entries_of(node, findings)? {
            match key.text.as_str() {
                "secret" => reference = SecretKey::decode(value, findings),
                _ => unknown_field(key, &["secret"], findings),
            }
        }
        reference.map(Self)
    }
}

impl JsonSchema for SecretReference {
    fn schema_name() -> Cow<'static, str> {
        "SecretReference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let key = generator.subschema_for::<SecretKey>();
        json_schema!({
            "description": "A key of a declared secret; the value never stands in the spec.",
            "type": "object",
            "properties": { "secret": key },
            "required": ["secret"],
            "additionalProperties": false,
        })
    }
}
