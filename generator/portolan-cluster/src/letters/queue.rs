//! The dead-letter topics of a stack.

use std::collections::BTreeMap;

use portolan_pipeline::model::{Component, ComponentName, Stack};
use portolan_pipeline::spec::document::Run;

use crate::kafka::Spread;

/// A dead-letter topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub topic: String,
    /// The topics whose dead letters go there.
    pub origins: Vec<String>,
    /// How the keys of each origin are spread.
    spread: BTreeMap<String, Spread>,
}

impl Queue {
    /// How the keys of a topic are spread.
    pub(super) fn spread(&self, origin: &str) -> Spread {
        self.spread.get(origin).copied().unwrap_or(Spread::Librdkafka)
    }
}

/// The dead-letter topics of the topics that somebody is subscribed to, by the Kafka component that carries them.
pub fn queues(stack: &Stack) -> Vec<(&Component, Vec<Queue>)> {
    let mut found: BTreeMap<&ComponentName, BTreeMap<&str, Queue>> = BTreeMap::new();
    for subscription in stack.services.values().flat_map(|service| &service.subscriptions) {
        let Some(component) = stack.components.get(&subscription.component) else { continue };
        // A broadcast component is another name of the one that carries the topic.
        let carrier = component.broadcast_of.as_ref().unwrap_or(&component.name);
        let letters = stack.topics.get(&subscription.topic).and_then(|topic| topic.dead_letter.as_ref());
        let (Some(letters), Some(_)) = (letters, &component.broker) else { continue };
        let (name, origin) = (letters.value.as_str(), subscription.topic.as_str());
        let queue = found.entry(carrier).or_default().entry(name).or_insert_with(|| Queue {
            topic: name.to_owned(),
            origins: Vec::new(),
            spread: BTreeMap::new(),
        });
        if !queue.origins.iter().any(|known| known == origin) {
            queue.origins.push(origin.to_owned());
            queue.spread.insert(origin.to_owned(), spread(stack, origin));
        }
    }
    let with_component = |(name, queues): (&ComponentName, BTreeMap<&str, Queue>)| {
        Some((stack.components.get(name)?, queues.into_values().collect()))
    };
    found.into_iter().filter_map(with_component).collect()
}

/// Who publishes by a sidecar spreads as Dapr does. Where some do and others do not, keys are in two places already.
fn spread(stack: &Stack, topic: &str) -> Spread {
    let mut publishers =
        stack.services.values().filter(|service| service.publishes.iter().any(|one| one.topic.as_str() == topic));
    let by_sidecar = publishers.any(|service| service.run.value == Run::Dapr);
    if by_sidecar { Spread::Sarama } else { Spread::Librdkafka }
}

#[cfg(test)]
impl Queue {
    /// A queue of these topics.
    pub(super) fn of(topic: &str, origins: &[&str]) -> Self {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        Self { topic: topic.to_owned(), origins, spread: BTreeMap::new() }
    }
}
