//! Where the topics go that a service publishes to, those of its dead letters among them.

use std::collections::{BTreeMap, BTreeSet};

use handler_contract::Contract;

use crate::arn::Arn;
use crate::environment::{Environment, Problems};

/// What stands in `PORTOLAN_PUBLISH` before the name of a bus, and before that of a queue.
const BUS: &str = "eventbridge:";
const QUEUE: &str = "sqs:";

/// Where each topic goes that does not go where the transport's events come from. docs/decisions/0012 names the variable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Destinations {
    of_topics: BTreeMap<String, Destination>,
}

/// Where a topic goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Destination {
    /// A component of the sidecar.
    Component(String),
    /// A bus in EventBridge.
    Bus(String),
    /// A queue in SQS.
    Queue(Arn),
}

impl Destination {
    fn read(text: &str) -> Option<Self> {
        if let Some(queue) = text.strip_prefix(QUEUE) {
            return Arn::read(queue).filter(|arn| arn.service() == "sqs").map(Self::Queue);
        }
        let (bus, name) = text.strip_prefix(BUS).map_or((false, text), |name| (true, name));
        let named = (!name.is_empty()).then(|| name.to_owned())?;
        Some(if bus { Self::Bus(named) } else { Self::Component(named) })
    }
}

impl Destinations {
    /// Reads `topic=where,...`; every problem is told.
    pub(crate) fn read(environment: &Environment, problems: &mut Problems) -> Self {
        let text = environment.optional("PORTOLAN_PUBLISH").unwrap_or_default();
        let mut of_topics = BTreeMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').map(|(topic, place)| (topic, Destination::read(place))) {
                Some((topic, Some(destination))) if !topic.is_empty() => {
                    of_topics.insert(topic.to_owned(), destination);
                }
                _ => problems.add(format!(
                    "PORTOLAN_PUBLISH has to be topic=component, topic={BUS}BUS or topic={QUEUE}ARN for each topic, parted by commas"
                )),
            }
        }
        Self { of_topics }
    }

    /// Whether it is told where a topic goes.
    pub(crate) fn has(&self, topic: &str) -> bool {
        self.of_topics.contains_key(topic)
    }

    /// The component that carries a topic.
    pub(crate) fn component(&self, topic: &str) -> Option<&str> {
        match self.of_topics.get(topic)? {
            Destination::Component(component) => Some(component),
            _ => None,
        }
    }

    /// Every component.
    pub(crate) fn components(&self) -> impl Iterator<Item = &str> {
        self.of_topics.values().filter_map(|destination| match destination {
            Destination::Component(component) => Some(component.as_str()),
            _ => None,
        })
    }

    /// The bus that a topic is put on.
    pub(crate) fn bus(&self, topic: &str) -> Option<&str> {
        match self.of_topics.get(topic)? {
            Destination::Bus(bus) => Some(bus),
            _ => None,
        }
    }

    /// Whether any topic is put on a bus.
    pub(crate) fn has_bus(&self) -> bool {
        self.of_topics.values().any(|destination| matches!(destination, Destination::Bus(_)))
    }

    /// The queue that a topic's messages wait in.
    pub(crate) fn queue(&self, topic: &str) -> Option<&Arn> {
        match self.of_topics.get(topic)? {
            Destination::Queue(queue) => Some(queue),
            _ => None,
        }
    }

    /// Whether any topic's messages wait in a queue.
    pub(crate) fn has_queue(&self) -> bool {
        self.of_topics.values().any(|destination| matches!(destination, Destination::Queue(_)))
    }
}

/// The topics that events and dead letters leave to. Who reads dead letters has no further topic for them.
pub(crate) fn outgoing(contract: &Contract) -> BTreeSet<String> {
    let published = contract.publishes.iter().map(|publication| publication.topic.to_owned());
    let subscribed = contract.subscribes.iter().map(|subscription| subscription.topic);
    let dead = subscribed.filter(|topic| topic.strip_suffix(".dlq").is_none()).map(|topic| format!("{topic}.dlq"));
    published.chain(dead).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:12:failed";

    #[test]
    fn a_topic_goes_to_a_component_to_a_bus_or_to_a_queue() {
        let text = format!("done=bus, tasks=eventbridge:todo,tasks.dlq=sqs:{QUEUE}");
        let environment = Environment::from([("PORTOLAN_PUBLISH", text.as_str())]);
        let destinations = Destinations::read(&environment, &mut Problems::default());
        let places = ["done", "tasks", "tasks.dlq", "else"].map(|topic| {
            (destinations.component(topic), destinations.bus(topic), destinations.queue(topic).map(Arn::as_str))
        });
        let none = (None, None, None);
        assert_eq!(places, [(Some("bus"), None, None), (None, Some("todo"), None), (None, None, Some(QUEUE)), none]);
        assert!(destinations.has_bus() && destinations.has_queue());
        assert_eq!(destinations.components().collect::<Vec<_>>(), ["bus"]);
    }

    #[test]
    fn what_is_no_destination_is_a_problem() {
        for text in
            ["done", "=bus", "done=", "done=eventbridge:", "done=sqs:failed", "done=sqs:arn:aws:sns:eu-west-1:12:a"]
        {
            let mut problems = Problems::default();
            Destinations::read(&Environment::from([("PORTOLAN_PUBLISH", text)]), &mut problems);
            assert!(problems.into_result().is_err(), "{text}");
        }
    }
}
