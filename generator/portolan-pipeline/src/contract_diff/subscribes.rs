//! What a service handles: who publishes breaks where it needs more than before, or no longer takes what it took.

use std::collections::BTreeSet;

use super::change::Impact;
use super::comparison::Comparison;
use super::others::{has, takes};
use super::payload::{Effect, compare_payloads};
use super::publishes::{note_uncompared, worded};
use crate::spec::contract::{Delivery, Subscribes};
use crate::spec::{EventSchema, Located};

pub(super) fn compare_subscribes(comparison: &mut Comparison<'_>) {
    let (old, new) = (comparison.old, comparison.new);
    for subscribes in &old.subscribes {
        let Some(topic) = &subscribes.topic else { continue };
        match find(&new.subscribes, &topic.value) {
            Some(now) => {
                compare_types(comparison, topic, subscribes, now);
                compare_routes(comparison, topic, subscribes, now);
                compare_delivery(comparison, topic, subscribes, now);
            }
            None => no_longer(comparison, topic, None),
        }
    }
    for topic in new.subscribes.iter().filter_map(|subscribes| subscribes.topic.as_ref()) {
        if find(&old.subscribes, &topic.value).is_none() {
            let after = comparison.after;
            comparison.compatible(format!("topic {}", topic.value), "is subscribed to").after(after, topic.at);
        }
    }
    compare_needs(comparison);
}

fn find<'a>(all: &'a [Subscribes], topic: &str) -> Option<&'a Subscribes> {
    all.iter().find(|one| takes(one, topic, None))
}

/// Nobody misses a subscriber as long as somebody else handles the events.
fn no_longer(comparison: &mut Comparison<'_>, topic: &Located<String>, event: Option<&Located<String>>) {
    let name = event.map(|event| event.value.as_str());
    let publishers = comparison.publishers(&topic.value, name);
    let subject = event.map_or_else(|| format!("topic {}", topic.value), |event| format!("event {}", event.value));
    let from = event.map_or_else(String::new, |_| format!(" from topic `{}`", topic.value));
    let at = event.map_or(topic.at, |event| event.at);
    let before = comparison.before;
    if publishers.is_empty() || comparison.is_handled(&topic.value, name) {
        comparison.compatible(subject, format!("is no longer handled{from}")).before(before, at);
    } else {
        let message = format!("is no longer handled{from}, and nobody else does");
        comparison.breaking(subject, message).before(before, at).hits(publishers);
    }
}

fn compare_types(comparison: &mut Comparison<'_>, topic: &Located<String>, old: &Subscribes, new: &Subscribes) {
    if new.types.is_empty() {
        return;
    }
    let after = comparison.after;
    for event in old.types.iter().filter(|event| !has(&new.types, &event.value)) {
        no_longer(comparison, topic, Some(event));
    }
    if old.types.is_empty() {
        let hits = comparison.publishers(&topic.value, None);
        let message = "only some event types are handled now";
        comparison.breaking(format!("topic {}", topic.value), message).after(after, new.types[0].at).hits(hits);
    }
    for event in new.types.iter().filter(|event| !old.types.is_empty() && !has(&old.types, &event.value)) {
        let message = format!("is handled from topic `{}`", topic.value);
        comparison.compatible(format!("event {}", event.value), message).after(after, event.at);
    }
}

fn routes(subscribes: &Subscribes) -> Vec<&Located<String>> {
    let rules = subscribes.rules.iter().filter_map(|rule| rule.route.as_ref());
    subscribes.route.iter().chain(rules).collect()
}

/// The Subscription that is in the cluster still names the old path, and a sidecar drops what it answers 404 to.
fn compare_routes(comparison: &mut Comparison<'_>, topic: &Located<String>, old: &Subscribes, new: &Subscribes) {
    let (before, after) = (comparison.before, comparison.after);
    let (was, is) = (routes(old), routes(new));
    let names = |routes: &[&Located<String>]| routes.iter().map(|route| route.value.clone()).collect::<BTreeSet<_>>();
    let (left, right) = (names(&was), names(&is));
    for route in was.iter().filter(|route| !right.contains(&route.value)) {
        let message = format!("route `{}` is gone", route.value);
        comparison.breaking(format!("topic {}", topic.value), message).before(before, route.at);
    }
    for route in is.iter().filter(|route| !left.contains(&route.value)) {
        let message = format!("route `{}` is new", route.value);
        comparison.compatible(format!("topic {}", topic.value), message).after(after, route.at);
    }
}

fn compare_delivery(comparison: &mut Comparison<'_>, topic: &Located<String>, old: &Subscribes, new: &Subscribes) {
    let word = |subscribes: &Subscribes| subscribes.delivery.as_ref().map_or(Delivery::Shared, |word| word.value);
    let (was, is) = (word(old), word(new));
    if was == is {
        return;
    }
    let (before, after) = (comparison.before, comparison.after);
    let at = |subscribes: &Subscribes| subscribes.delivery.as_ref().map_or(topic.at, |word| word.at);
    let message = format!("delivery {} -> {}: it reads with another consumer group", was.word(), is.word());
    let change = comparison.breaking(format!("topic {}", topic.value), message);
    change.before(before, at(old)).after(after, at(new));
}

/// What the service needs of the events that it handled before.
fn compare_needs(comparison: &mut Comparison<'_>) {
    let (old, new) = (comparison.old, comparison.new);
    for (event, right) in &new.events {
        let topics = topics_of(&old.subscribes, &event.value);
        if topics.is_empty() || topics_of(&new.subscribes, &event.value).is_empty() {
            continue;
        }
        if let Some(left) = old.events.get(&event.value) {
            compare_schemas(comparison, &topics, &event.value, left, right);
        } else {
            let after = comparison.after;
            let message = "what is needed of its payload has a schema";
            comparison.compatible(format!("event {}", event.value), message).after(after, right.at);
        }
    }
}

fn topics_of<'a>(subscribes: &'a [Subscribes], event: &str) -> Vec<&'a str> {
    let of = subscribes.iter().filter(|one| one.types.is_empty() || has(&one.types, event));
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
    let publishers: BTreeSet<String> =
        topics.iter().flat_map(|topic| comparison.publishers(topic, Some(event))).collect();
    for found in compare_payloads(old, new) {
        let breaks = matches!(found.effect, Effect::Narrower | Effect::Other);
        let impact = if breaks { Impact::Breaking } else { Impact::Compatible };
        let message = format!("handled, {}", worded(&found.field, &found.message));
        let change = comparison.change(impact, format!("event {event}"), message);
        change.before(before, found.before).after(after, found.after);
        if breaks {
            change.hits(publishers.iter().cloned().collect());
        }
    }
    note_uncompared(comparison, event, new);
}
