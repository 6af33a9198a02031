use std::collections::BTreeMap;

use crate::model::{Component, Fact, Stack, TopicName};

/// The components that list each topic themselves, by name, and where.
pub(in crate::checks) fn listed_carriers(stack: &Stack) -> BTreeMap<&TopicName, Vec<(&Component, &Fact<TopicName>)>> {
    let mut carriers: BTreeMap<&TopicName, Vec<(&Component, &Fact<TopicName>)>> = BTreeMap::new();
    for component in stack.components.values() {
        for topic in &component.listed {
            let known = carriers.entry(&topic.value).or_default();
            if known.iter().all(|(other, _)| other.name != component.name) {
                known.push((component, topic));
            }
        }
    }
    carriers
}
