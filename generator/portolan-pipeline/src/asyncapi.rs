//! The stack's events as an `AsyncAPI` 3.0 document: topics are channels, what services publish and handle are operations. It
//! holds no secret, as the stack does not.

mod channels;
mod messages;
mod operations;
mod servers;

use serde_json::{Map, Value, json};

use crate::model::Stack;

/// The version of `AsyncAPI`.
const ASYNCAPI: &str = "3.0.0";
/// The version of the Kafka bindings.
const BINDING: &str = "0.5.0";

/// The document of one stack in one environment, under a version that the caller gives it.
pub fn document_stack(stack: &Stack, version: &str) -> Value {
    let messages = messages::messages(stack);
    let mut components = Map::new();
    components.insert("messages".to_owned(), messages.document());
    let schemes = servers::security_schemes(stack);
    if schemes != json!({}) {
        components.insert("securitySchemes".to_owned(), schemes);
    }
    json!({
        "asyncapi": ASYNCAPI,
        "info": {
            "title": stack.name.value,
            "version": version,
            "description": format!("The events of {} in {}.", stack.name.value, stack.environment),
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": servers::servers(stack),
        "channels": channels::channels(stack, &messages),
        "operations": operations::operations(stack, &messages),
        "components": components,
    })
}

/// A reference to a place in the document: `/` and `~` in a name are escaped, as JSON Pointer wants it.
fn reference(path: &[&str]) -> Value {
    let escaped: Vec<String> = path.iter().map(|part| part.replace('~', "~0").replace('/', "~1")).collect();
    json!({ "$ref": format!("#/{}", escaped.join("/")) })
}

/// A document as YAML, by the serializer that manifests are written with.
pub fn yaml(document: &Value) -> String {
    let mut text = String::new();
    #[expect(clippy::expect_used, reason = "writing text, numbers, lists and maps into a string has no way to fail")]
    serde_yaml::to_fmt_writer(&mut text, document).expect("a document is always YAML");
    text
}
