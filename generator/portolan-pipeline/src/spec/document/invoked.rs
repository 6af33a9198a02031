use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::finding::Findings;
use crate::spec::contract::Invokes;
use crate::spec::decode::{Decode, Located};
use crate::spec::node::{Kind, Node};

/// A service that is invoked: its name, which stands for any method, or the name with what is invoked of it.
#[derive(Debug, Clone, Default)]
pub struct Invoked(pub Invokes);

impl Decode for Invoked {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match node.kind {
            Kind::Map(_) => Invokes::decode(node, findings).map(Self),
            _ => Located::decode(node, findings)
                .map(|service| Self(Invokes { service: Some(service), ..Invokes::default() })),
        }
    }
}

impl JsonSchema for Invoked {
    fn schema_name() -> Cow<'static, str> {
        "Invoked".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let invokes = generator.subschema_for::<Invokes>();
        json_schema!({
            "description": "The name of a service, or the name with a method and its verbs.",
            "anyOf": [{ "type": "string" }, invokes],
        })
    }
}
