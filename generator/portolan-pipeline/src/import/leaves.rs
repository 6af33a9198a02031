//! A tree as its values, each under a place that does not depend on the order of lists.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::Span;
use crate::spec::node::{Kind, Node};

/// A value of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    /// From the outermost to the value itself: a place to compare by, and the same as it is shown, without any value that
    /// could be a secret.
    pub(super) trail: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) at: Option<Span>,
}

impl Leaf {
    /// Its place as it is shown.
    pub(super) fn shown(&self) -> &str {
        self.trail.last().map_or("", |(_, shown)| shown)
    }
}

/// Values by place.
pub(super) type Leaves = BTreeMap<String, Leaf>;

#[derive(Default)]
struct Walk {
    trail: Vec<(String, String)>,
    found: Leaves,
}

impl Walk {
    fn put(&mut self, text: &str, at: Option<Span>) {
        let Some((key, _)) = self.trail.last().cloned() else { return };
        self.found.insert(key, Leaf { trail: self.trail.clone(), text: text.to_owned(), at });
    }

    fn field(&mut self, name: &str, run: impl FnOnce(&mut Self)) {
        let (key, shown) = self.trail.last().cloned().unwrap_or_default();
        let join = |before: String| if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
        self.trail.push((join(key), join(shown)));
        run(self);
        self.trail.pop();
    }

    fn item(&mut self, (key_label, shown_label): (String, String), run: impl FnOnce(&mut Self)) {
        let (key, shown) = self.trail.last().cloned().unwrap_or_default();
        self.trail.push((format!("{key}[{key_label}]"), format!("{shown}[{shown_label}]")));
        run(self);
        self.trail.pop();
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar { text, .. } => self.put(text, Some(node.at)),
            Kind::Map(entries) => {
                for (name, value) in entries {
                    self.field(&name.text, |walk| walk.node(value));
                }
            }
            Kind::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    let label = |name: &str| item.scalar_at(&name.split('.').collect::<Vec<_>>()).map(str::to_owned);
                    self.item(labels(item.text(), &label, number), |walk| walk.node(item));
                }
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Object(entries) => {
                for (name, value) in entries {
                    self.field(name, |walk| walk.value(value));
                }
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let label = |name: &str| scalar(item.pointer(&format!("/{}", name.replace('.', "/")))?);
                    self.item(labels(scalar(item).as_deref(), &label, number), |walk| walk.value(item));
                }
            }
            other => self.put(&scalar(other).unwrap_or_default(), None),
        }
    }
}

pub(super) fn leaves_of_node(node: &Node) -> Leaves {
    let mut walk = Walk::default();
    walk.node(node);
    walk.found
}

pub(super) fn leaves_of_value(value: &Value) -> Leaves {
    let mut walk = Walk::default();
    walk.value(value);
    walk.found
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// What tells an item of a list apart, to compare by and to show. A value of a list may be a secret, so its number is shown.
fn labels(scalar: Option<&str>, label: &dyn Fn(&str) -> Option<String>, number: usize) -> (String, String) {
    if let Some(text) = scalar {
        return (text.to_owned(), number.to_string());
    }
    let by = |names: &[&str]| {
        let found: Vec<String> = names.iter().filter_map(|name| label(name)).collect();
        (!found.is_empty()).then(|| found.join(" "))
    };
    // Triggers, rules of access and of routing, secrets, APIs, then whatever has a name.
    let found = label("metadata.topic")
        .and_then(|_| by(&["type", "metadata.topic"]))
        .or_else(|| label("parameter"))
        .or_else(|| label("resource.name").and_then(|_| by(&["resource.type", "resource.name"])))
        .or_else(|| label("version").and(label("protocol")).and_then(|_| by(&["name", "version", "protocol"])))
        .or_else(|| label("name"))
        .or_else(|| by(&["appId", "storeName", "secretKey", "match", "type", "containerPort"]))
        .unwrap_or_else(|| number.to_string());
    (found.clone(), found)
}
