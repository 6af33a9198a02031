use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::BINDING;
use crate::model::{Stack, TopicName};
use crate::spec::EventSchema;

/// The event types of a stack, and which of them are in which topic.
pub(super) struct Messages<'a> {
    types: BTreeMap<&'a str, Message<'a>>,
    topics: BTreeMap<&'a TopicName, BTreeSet<&'a str>>,
}

#[derive(Default)]
struct Message<'a> {
    promised: Option<&'a EventSchema>,
    needed: Option<&'a EventSchema>,
    key: Option<&'a str>,
}

/// Every event type that somebody publishes or handles. What a publisher promises counts before what a subscriber needs.
pub(super) fn messages(stack: &Stack) -> Messages<'_> {
    let mut messages = Messages { types: BTreeMap::new(), topics: BTreeMap::new() };
    for service in stack.services.values() {
        for publication in &service.publishes {
            for event in &publication.types {
                messages.topics.entry(&publication.topic).or_default().insert(event);
                let message = messages.types.entry(event).or_default();
                message.promised = message.promised.or(service.events.get(event));
                message.key = message.key.or(publication.key.field());
            }
        }
        for subscription in &service.subscriptions {
            for event in &subscription.types {
                messages.topics.entry(&subscription.topic).or_default().insert(event);
                let message = messages.types.entry(event).or_default();
                message.needed = message.needed.or(service.events.get(event));
            }
        }
    }
    for topic in stack.topics.values() {
        // A dead letter is one of the events of its topic.
        if let Some(types) = topic.dead_letter_of.as_ref().and_then(|of| messages.topics.get(of)).cloned() {
            messages.topics.insert(&topic.name, types);
        }
    }
    messages
}

impl<'a> Messages<'a> {
    /// The types in a topic.
    pub(super) fn of(&self, topic: &TopicName) -> impl Iterator<Item = &'a str> {
        self.topics.get(topic).into_iter().flatten().copied()
    }

    /// All of them, under `components`.
    pub(super) fn document(&self) -> Value {
        let all: Map<String, Value> =
            self.types.iter().map(|(event, message)| ((*event).to_owned(), message.document(event))).collect();
        Value::Object(all)
    }
}

impl Message<'_> {
    fn document(&self, event: &str) -> Value {
        let mut message = json!({ "name": event, "title": event, "contentType": "application/cloudevents+json" });
        message["headers"] = headers(event);
        if let Some(schema) = self.promised.or(self.needed) {
            message["payload"] = schema.json.clone();
        }
        if let Some(key) = self.key {
            let key = json!({ "type": "string", "description": format!("The payload's `{key}`: events of one key stay in order.") });
            message["bindings"] = json!({ "kafka": { "key": key, "bindingVersion": BINDING } });
        }
        message
    }
}

/// The attributes of `CloudEvents` 1.0; in structured mode they stand beside `data`, which is the payload.
fn headers(event: &str) -> Value {
    json!({
        "type": "object",
        "description": "CloudEvents 1.0. In structured mode these stand in the body, beside `data`, which is the payload.",
        "required": ["specversion", "id", "source", "type"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string" },
            "source": { "type": "string", "format": "uri-reference" },
            "type": { "const": event },
            "subject": { "type": "string" },
            "time": { "type": "string", "format": "date-time" },
            "traceparent": { "type": "string" },
        },
    })
}
