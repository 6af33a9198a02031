use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Stack, Topic};
use crate::spec::Setting;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P116", severity: Severity::Error, title: "topics that Kafka takes for one", page: page!("P116") };

pub(super) fn check_topics(stack: &Stack, findings: &mut Findings) {
    let mut known: BTreeMap<(String, String), (&Topic, String)> = BTreeMap::new();
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let place = broker.addresses.broker();
        let prefix = prefix(stack, component);
        for topic in component.carries.iter().filter_map(|name| stack.topics.get(name)) {
            let name = format!("{prefix}{}", topic.name);
            // Kafka's metrics have `_` for `.`, so it refuses the second of two names that differ in nothing else.
            let key = (place.clone(), name.replace('.', "_"));
            let (other, theirs) = known.entry(key).or_insert_with(|| (topic, name.clone()));
            // Dead letters of topics that collide collide too, and are told with them.
            if other.name != topic.name && topic.dead_letter_of.is_none() {
                findings.push(finding(topic, &name, other, theirs));
            }
        }
    }
}

/// `{namespace}` anywhere in the metadata puts the namespace before every topic.
fn prefix<'a>(stack: &'a Stack, component: &Component) -> &'a str {
    let plain = component.metadata.iter().filter_map(|item| match &item.value.value {
        Setting::Plain(text) => Some(text),
        Setting::Secret(_) => None,
    });
    if plain.into_iter().any(|text| text.contains("{namespace}")) { &stack.cluster.namespace.value } else { "" }
}

fn finding(topic: &Topic, name: &str, other: &Topic, theirs: &str) -> Finding {
    let same = if name == theirs {
        format!("are both `{name}` at the broker")
    } else {
        "differ in `.` and `_` only".to_owned()
    };
    let message = format!("topics `{}` and `{}` {same}", other.name, topic.name);
    Finding::new(&RULE, topic.at, message)
        .label("Kafka refuses the second one")
        .related(Some(other.at), "the other one")
        .help("give one of them another name")
}
