use serde_json::{Map, Value, json};

use super::messages::Messages;
use super::{BINDING, reference, servers};
use crate::model::{Component, Stack, Topic};

/// The topics, dead-letter topics among them.
pub(super) fn channels(stack: &Stack, messages: &Messages<'_>) -> Value {
    let channels = stack.topics.values().map(|topic| (topic.name.to_string(), channel(stack, topic, messages)));
    Value::Object(channels.collect::<Map<_, _>>())
}

fn channel(stack: &Stack, topic: &Topic, messages: &Messages<'_>) -> Value {
    let types = messages.of(&topic.name);
    let messages: Map<String, Value> =
        types.map(|event| (event.to_owned(), reference(&["components", "messages", event]))).collect();
    let mut channel = json!({ "address": topic.name.as_str() });
    // None would say that there are none, and nobody knows that.
    if !messages.is_empty() {
        channel["messages"] = json!(messages);
    }
    if let Some(of) = &topic.dead_letter_of {
        channel["description"] = json!(format!("Events of {of} that could not be handled."));
    }
    let carrier = stack.components.values().find(|one| one.broadcast_of.is_none() && one.carries.contains(&topic.name));
    let Some(carrier) = carrier.filter(|carrier| carrier.broker.is_some()) else { return channel };
    let named = servers::names(carrier);
    channel["servers"] = named.iter().map(|name| reference(&["servers", name])).collect();
    channel["bindings"] = json!({ "kafka": binding(topic, carrier) });
    channel
}

fn binding(topic: &Topic, carrier: &Component) -> Value {
    let configuration = json!({
        "retention.ms": topic.retention.value.as_milliseconds(),
        "max.message.bytes": topic.max_message.value.as_bytes(),
    });
    let mut binding = json!({
        "topic": topic.name.as_str(),
        "partitions": topic.partitions.value,
        "topicConfiguration": configuration,
        "bindingVersion": BINDING,
    });
    if let Some(broker) = &carrier.broker {
        binding["replicas"] = json!(broker.replication.value);
    }
    binding
}
