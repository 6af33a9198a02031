//! What a payload has to be, as a JSON Schema.

use serde::Serialize;
use serde_json::{Value, json};

/// What a payload, or a part of it, has to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Schema(Value);

impl Schema {
    /// Text.
    pub fn text() -> Self {
        Self(json!({ "type": "string" }))
    }

    /// An id as it is sent: text.
    pub fn sent_id() -> Self {
        Self::text()
    }

    /// An id as it is accepted: text or a whole number ([`crate::Id`]).
    pub fn accepted_id() -> Self {
        Self(json!({ "type": ["string", "integer"] }))
    }

    /// A point in time, in RFC 3339.
    pub fn time() -> Self {
        Self(json!({ "type": "string", "format": "date-time" }))
    }

    /// A whole number.
    pub fn integer() -> Self {
        Self(json!({ "type": "integer" }))
    }

    /// True or false.
    pub fn boolean() -> Self {
        Self(json!({ "type": "boolean" }))
    }

    /// This text.
    pub fn exactly(text: &str) -> Self {
        Self(json!({ "const": text }))
    }

    /// An object, of which nothing is said yet.
    pub fn object() -> Self {
        Self(json!({ "type": "object" }))
    }

    /// An object with a member that has to be there.
    #[must_use]
    pub fn with(mut self, name: &str, schema: Self) -> Self {
        match &mut self.0["required"] {
            Value::Array(names) => names.push(json!(name)),
            nothing => *nothing = json!([name]),
        }
        self.maybe(name, schema)
    }

    /// An object with a member that may be left out.
    #[must_use]
    pub fn maybe(mut self, name: &str, schema: Self) -> Self {
        match &mut self.0["properties"] {
            Value::Object(members) => {
                members.insert(name.to_owned(), schema.0);
            }
            nothing => *nothing = json!({ name: schema.0 }),
        }
        self
    }

    /// The same, or null.
    #[must_use]
    pub fn or_null(mut self) -> Self {
        match &mut self.0["type"] {
            Value::Array(kinds) => kinds.push(json!("null")),
            kind => *kind = json!([kind.take(), "null"]),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_what_was_said() {
        let schema = Schema::object()
            .with("task_id", Schema::accepted_id())
            .with("kind", Schema::exactly("x"))
            .maybe("due", Schema::time().or_null());
        let expected = json!({
            "type": "object",
            "required": ["task_id", "kind"],
            "properties": {
                "task_id": { "type": ["string", "integer"] },
                "kind": { "const": "x" },
                "due": { "type": ["string", "null"], "format": "date-time" }
            }
        });
        assert_eq!(serde_json::to_value(&schema).unwrap(), expected);
    }
}
