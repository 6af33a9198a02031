use serde_json::{Map, Value, json};

use super::messages::Messages;
use super::{BINDING, reference};
use crate::model::{Publication, Service, Stack, Subscription, TopicName};

/// What each service sends and receives.
pub(super) fn operations(stack: &Stack, messages: &Messages<'_>) -> Value {
    let mut operations = Map::new();
    for service in stack.services.values() {
        for publication in &service.publishes {
            operations.insert(format!("{}.send.{}", service.name, publication.topic), send(service, publication));
        }
        for subscription in &service.subscriptions {
            let name = format!("{}.receive.{}", service.name, subscription.topic);
            operations.insert(name, receive(service, subscription, messages));
        }
    }
    Value::Object(operations)
}

fn operation(action: &str, service: &Service, topic: &TopicName) -> Value {
    json!({
        "action": action,
        "channel": reference(&["channels", topic.as_str()]),
        "title": service.name.as_str(),
        "tags": [{ "name": service.name.as_str() }],
    })
}

/// The messages of the channel that an operation is about.
fn listed<'a>(topic: &TopicName, types: impl Iterator<Item = &'a str>) -> Value {
    types.map(|event| reference(&["channels", topic.as_str(), "messages", event])).collect()
}

fn send(service: &Service, publication: &Publication) -> Value {
    let mut operation = operation("send", service, &publication.topic);
    // Without a list all messages of the channel are meant.
    if !publication.types.is_empty() {
        operation["messages"] = listed(&publication.topic, publication.types.iter().map(String::as_str));
    }
    operation
}

fn receive(service: &Service, subscription: &Subscription, messages: &Messages<'_>) -> Value {
    let mut operation = operation("receive", service, &subscription.topic);
    let known: Vec<&str> = messages.of(&subscription.topic).collect();
    if !subscription.types.is_empty() {
        let types = known.into_iter().filter(|event| subscription.types.iter().any(|kind| kind == event));
        operation["messages"] = listed(&subscription.topic, types);
    }
    let group = json!({ "type": "string", "enum": [subscription.group.value] });
    operation["bindings"] = json!({ "kafka": { "groupId": group, "bindingVersion": BINDING } });
    operation
}
