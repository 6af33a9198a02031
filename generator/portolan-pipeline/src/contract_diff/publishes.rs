//! What a service publishes: who reads it breaks where something vanishes or becomes something that it does not know.

use std::collections::BTreeSet;

use super::change::Impact;
use super::comparison::Comparison;
use super::others::has;
use super::payload::{Effect, compare_payloads, uncompared};
use crate::spec::contract::Publishes;
use crate::spec::{EventSchema, Located};

pub(super) fn compare_publishes(comparison: &mut Comparison<'_>) {
    let (old, new) = (comparison.old, comparison.new);
    for publishes in &old.publishes {
        let Some(topic) = &publishes.topic else { continue };
        match find(&new.publishes, &topic.value) {
            Some(now) => {
                compare_types(comparison, topic, publishes, now);
                compare_keys(comparison, topic, publishes, now);
            }
            None => topic_gone(comparison, topic),
        }
    }
    for topic in new.publishes.iter().filter_map(|publishes| publishes.topic.as_ref()) {
        if find(&old.publishes, &topic.value).is_none() {
            let after = comparison.after;
            comparison.compatible(format!("topic {}", topic.value), "is published to").after(after, topic.at);
        }
    }
    compare_events(comparison);
}

fn find<'a>(all: &'a [Publishes], topic: &str) -> Option<&'a Publishes> {
    all.iter().find(|one| one.topic.as_ref().is_some_and(|known| known.value == topic))
}

fn topic_gone(comparison: &mut Comparison<'_>, topic: &Located<String>) {
    let hits = comparison.subscribers(&topic.value, None);
    let before = comparison.before;
    let change = comparison.breaking(format!("topic {}", topic.value), "is no longer published to");
    change.before(before, topic.at).hits(hits);
}

fn compare_types(comparison: &mut Comparison<'_>, topic: &Located<String>, old: &Publishes, new: &Publishes) {
    let (before, after) = (comparison.before, comparison.after);
    for event in old.types.iter().filter(|event| !new.types.is_empty() && !has(&new.types, &event.value)) {
        let hits = comparison.subscribers(&topic.value, Some(&event.value));
        let message = format!("is no longer published to topic `{}`", topic.value);
        comparison.breaking(format!("event {}", event.value), message).before(before, event.at).hits(hits);
    }
    for event in new.types.iter().filter(|event| !old.types.is_empty() && !has(&old.types, &event.value)) {
        let message = format!("is published to topic `{}`", topic.value);
        comparison.compatible(format!("event {}", event.value), message).after(after, event.at);
    }
}

/// Another key puts the events of one thing on another partition: what comes first is no longer handled first.
fn compare_keys(comparison: &mut Comparison<'_>, topic: &Located<String>, old: &Publishes, new: &Publishes) {
    let key = |publishes: &Publishes| publishes.key.as_ref().map(|key| key.value.clone());
    let (was, is) = (key(old), key(new));
    if was == is {
        return;
    }
    let shown = |key: Option<String>| key.map_or("none".to_owned(), |key| format!("`{key}`"));
    let hits = comparison.subscribers(&topic.value, None);
    let (before, after) = (comparison.before, comparison.after);
    let message = format!("key {} -> {}: events lose their order while both are in the topic", shown(was), shown(is));
    let at = |publishes: &Publishes| publishes.key.as_ref().or(publishes.topic.as_ref()).map_or(topic.at, |one| one.at);
    let change = comparison.breaking(format!("topic {}", topic.value), message);
    change.before(before, at(old)).after(after, at(new)).hits(hits);
}

fn compare_events(comparison: &mut Comparison<'_>) {
    let (old, new) = (comparison.old, comparison.new);
    let both = old.events.iter().chain(&new.events);
    let names: BTreeSet<&str> = both.map(|(name, _)| name.value.as_str()).collect();
    for event in names {
        let topics = topics_of(&old.publishes, event);
        // What is published for the first time is compared with nothing, and what is gone was told already.
        if topics.is_empty() || topics_of(&new.publishes, event).is_empty() {
            continue;
        }
        let subject = format!("event {event}");
        match (old.events.get(event), new.events.get(event)) {
            (Some(left), Some(right)) => compare_schemas(comparison, &topics, event, left, right),
            (Some(left), None) => {
                let hits = comparison.readers(&topics, event, &[]);
                let before = comparison.before;
                let message = "nothing is promised of its payload any more";
                comparison.breaking(subject, message).before(before, left.at).hits(hits);
            }
            (None, Some(right)) => {
                let after = comparison.after;
                comparison.compatible(subject, "its payload has a schema").after(after, right.at);
            }
            (None, None) => {}
        }
    }
}

fn topics_of<'a>(publishes: &'a [Publishes], event: &str) -> Vec<&'a str> {
    let of = publishes.iter().filter(|one| one.types.is_empty() || has(&one.types, event));
    of.filter_map(|one| Some(one.topic.as_ref()?.value.as_str())).collect()
}

fn compare_schemas(
    comparison: &mut Comparison<'_>,
    topics: &[&str],
    event: &str,
    old: &EventSchema,
    new: &EventSchema,
) {
    let (before, after) = (comparison.before, comparison.after);
    for found in compare_payloads(old, new) {
        let breaks = matches!(found.effect, Effect::Wider | Effect::Other);
        let hits = if breaks { comparison.readers(topics, event, &found.field) } else { Vec::new() };
        let impact = if breaks { Impact::Breaking } else { Impact::Compatible };
        let message = worded(&found.field, &found.message);
        let change = comparison.change(impact, format!("event {event}"), message);
        change.before(before, found.before).after(after, found.after).hits(hits);
    }
    note_uncompared(comparison, event, new);
}

/// A field and what has changed of it; without a field it is the payload.
pub(super) fn worded(field: &[String], message: &str) -> String {
    match field {
        [] => format!("payload: {message}"),
        field => format!("field `{}`: {message}", field.join(".").replace(".[]", "[]")),
    }
}

/// Says which keywords are kept and not compared.
pub(super) fn note_uncompared(comparison: &mut Comparison<'_>, event: &str, schema: &EventSchema) {
    let mut keywords = BTreeSet::new();
    uncompared(schema, &mut keywords);
    if !keywords.is_empty() {
        let list: Vec<String> = keywords.iter().map(|keyword| format!("`{keyword}`")).collect();
        let service = comparison.service;
        comparison.found.notes.push(format!("{service}: event {event}: {} is kept and not compared", list.join(", ")));
    }
}
