//! `{ secret: name/KEY }`: where a secret lies, never what it is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, FromText, entries_of, unknown_field, wrong_type};
use super::node::{Kind, Node};
use super::rules;
use crate::finding::{Finding, Findings};
use crate::source::Span;
use crate::suggest::nearest;

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
        let Kind::Scalar { text, .. } = &node.kind else { return wrong_type(node, Self::WANTED, findings) };
        let key = Self::from_text(text);
        if key.is_none() {
            // Somebody may have written the secret itself, so the text is not repeated.
            let finding = Finding::new(&rules::WRONG_TYPE, node.at, format!("this is not {}", Self::WANTED));
            findings.push(finding.secret().help("write the name of the secret and the key in it, never a value"));
        }
        key
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
            findings.push(in_plain(node.at));
            return None;
        }
        let mut reference = None;
        for (key, value) in entries_of(node, findings)? {
            match key.text.as_str() {
                "secret" => reference = SecretKey::decode(value, findings),
                near if nearest(near, ["secret"]).is_some() => unknown_field(key, &["secret"], findings),
                // `{ hunter2 }` is a map whose key is the secret, so no other key is quoted.
                _ => findings.push(in_plain(key.at)),
            }
        }
        reference.map(Self)
    }
}

fn in_plain(at: Span) -> Finding {
    let finding = Finding::new(&rules::PLAIN_SECRET, at, "a secret stands here in plain");
    finding.secret().help("write { secret: NAME/KEY } and keep the value out of the spec")
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
