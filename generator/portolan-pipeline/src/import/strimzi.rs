//! Strimzi's KafkaTopics and KafkaUsers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::draft::{Draft, Fields};
use super::object::Object;
use super::report::Log;
use super::sizes::event_of;

/// What a topic's own dead-letter topic has without a word in the spec: one partition, kept for at least two weeks.
const DEAD_LETTER_MILLISECONDS: u64 = 14 * 86_400_000;

pub(super) fn import_topics(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let strimzi = |kind: &'static str| {
        objects.iter().filter(move |object| object.kind == kind && object.group == "kafka.strimzi.io")
    };
    for object in strimzi("KafkaTopic").chain(strimzi("KafkaUser")) {
        let Some(component) = carrier(object, draft) else {
            let reason = "no Kafka component among the files is for its cluster, so nobody says where it belongs";
            log.left_object(object, reason, "import the component's file with it");
            continue;
        };
        own(object, &component, draft);
    }
    let topics: BTreeMap<&str, &Object> = strimzi("KafkaTopic").map(|object| (topic_name(object), object)).collect();
    for (name, object) in &topics {
        let Some(component) = carrier(object, draft) else { continue };
        let base = name.strip_suffix(".dlq").filter(|base| topics.contains_key(base));
        if base.is_some_and(|base| is_usual_dead_letter(object, topics[base])) {
            continue;
        }
        let fields = topic(object);
        let known = draft.topics.entry((*name).to_owned()).or_default();
        known.extend(fields);
        if let Some(component) = draft.components.get_mut(&component) {
            component.carries.insert((*name).to_owned());
            if let Some(replicas) =
                object.node.scalar_at(&["spec", "replicas"]).and_then(|text| text.parse::<u16>().ok())
                && replicas != 3
            {
                component.place.insert("replication".to_owned(), json!(replicas));
            }
        }
        let own = format!("{name}.dlq");
        let target = topics.contains_key(own.as_str()).then_some(own);
        draft.dead_letters.entry((*name).to_owned()).or_insert(target);
    }
    for user in strimzi("KafkaUser") {
        let Some(component) = carrier(user, draft).and_then(|name| draft.components.get_mut(&name)) else { continue };
        if let Some(auth) = component.place.get_mut("auth").and_then(Value::as_object_mut) {
            auth.insert("user".to_owned(), json!(user.name));
        }
    }
}

/// A topic's name is `spec.topicName` where that is given.
pub(super) fn topic_name(object: &Object) -> &str {
    object.node.scalar_at(&["spec", "topicName"]).unwrap_or(&object.name)
}

fn config(object: &Object, key: &str) -> Option<u64> {
    object.node.scalar_at(&["spec", "config", key])?.parse().ok()
}

fn is_usual_dead_letter(object: &Object, base: &Object) -> bool {
    let kept = config(base, "retention.ms").unwrap_or_default().max(DEAD_LETTER_MILLISECONDS);
    object.node.scalar_at(&["spec", "partitions"]) == Some("1")
        && config(object, "retention.ms") == Some(kept)
        && config(object, "max.message.bytes") == config(base, "max.message.bytes")
}

fn topic(object: &Object) -> Fields {
    let mut fields = Fields::new();
    let partitions = object.node.scalar_at(&["spec", "partitions"]).and_then(|text| text.parse::<u32>().ok());
    let said = [
        ("partitions", partitions.map(|partitions| json!(partitions))),
        ("retention", config(object, "retention.ms").map(|milliseconds| json!(length(milliseconds)))),
        ("maxMessage", config(object, "max.message.bytes").and_then(event_of).map(|size| json!(size))),
    ];
    for (name, value) in said {
        // The spec's own defaults need no word.
        let usual = [json!(3), json!("7d"), json!("1MiB")].iter().any(|usual| value.as_ref() == Some(usual));
        if let Some(value) = value.filter(|_| !usual) {
            fields.insert(name.to_owned(), value);
        }
    }
    fields
}

/// The Kafka component of a topic's or user's cluster: the one whose broker is called so, else the only one.
fn carrier(object: &Object, draft: &Draft) -> Option<String> {
    let cluster = object.node.scalar_at(&["metadata", "labels", "strimzi.io/cluster"])?;
    let mut buses = draft.components.iter().filter(|(_, component)| component.place.contains_key("topics"));
    let host = format!("{cluster}-kafka-bootstrap");
    let named = buses.clone().find(|(_, component)| {
        component.place.get("brokers").is_some_and(|brokers| brokers.to_string().contains(&host))
    });
    let only = (buses.next(), buses.next());
    match (named, only) {
        (Some((name, _)), _) | (None, (Some((name, _)), None)) => Some(name.clone()),
        _ => None,
    }
}

fn own(object: &Object, component: &str, draft: &mut Draft) {
    let cluster = object.node.scalar_at(&["metadata", "labels", "strimzi.io/cluster"]).unwrap_or_default();
    let namespace = object.namespace.clone().unwrap_or_else(|| draft.namespace.clone());
    if let Some(component) = draft.components.get_mut(component) {
        component.place.insert("provider".to_owned(), json!("strimzi"));
        let known = component.place.get("strimzi").and_then(|known| known.get("api")).is_some();
        let mut strimzi = json!({ "cluster": cluster, "namespace": namespace });
        if known || object.node.scalar_at(&["apiVersion"]) == Some("kafka.strimzi.io/v1beta2") {
            strimzi["api"] = json!("v1beta2");
        }
        component.place.insert("strimzi".to_owned(), strimzi);
        component.place.remove("topics");
        component.place.insert("topics".to_owned(), json!("strimzi"));
    }
}

/// A length of time in the largest unit that has no rest.
pub(super) fn length(milliseconds: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let unit = units.iter().find(|(_, factor)| milliseconds > 0 && milliseconds.is_multiple_of(*factor));
    unit.map_or_else(|| format!("{milliseconds}ms"), |(unit, factor)| format!("{}{unit}", milliseconds / factor))
}
