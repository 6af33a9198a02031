use std::collections::{BTreeMap, BTreeSet};

use super::Names;
use crate::checks::evidence::{dns_label, dns_subdomain, kafka_topic};
use crate::model::{Component, Service, Stack, Subscription, Topic, TopicName};
use crate::spec::document::TopicOwner;

impl Names<'_> {
    /// By Kafka's rule, and by Kubernetes' where an object is called after the topic.
    pub(super) fn check_topics(&mut self, stack: &Stack) {
        let (subscribed, strimzi) = (subscribed(stack), owned_by_strimzi(stack));
        for topic in stack.topics.values() {
            // A topic's own dead-letter topic stands where the topic does, and is called after it.
            let original = topic.dead_letter_of.as_ref();
            if original.is_some_and(|original| problem(original, &strimzi).is_some()) {
                continue;
            }
            match problem(&topic.name, &strimzi) {
                Some(problem) => self.refuse("topic", topic.name.as_str(), topic.at, Some(problem)),
                None => {
                    if let Some((service, subscription)) = subscribed.get(&topic.name) {
                        self.check_subscription(topic, service, subscription);
                    }
                }
            }
        }
    }

    /// Kafka allows what no object of Kubernetes may be called.
    fn check_subscription(&mut self, topic: &Topic, service: &Service, subscription: &Subscription) {
        let name = format!("{}-{}", service.name, topic.name);
        let service_is_fine = dns_label(service.name.as_str(), super::LABEL).is_none();
        if let Some(problem) = dns_subdomain(&name).filter(|_| service_is_fine) {
            let message = format!("Subscription `{name}`, called after topic `{}`, {problem}", topic.name);
            self.push(topic.at, message, |finding| {
                finding
                    .label("Kafka takes this name, Kubernetes does not")
                    .related(Some(subscription.at), format!("`{}` subscribes to it through Dapr", service.name))
                    .help("choose a topic name of lower-case letters, digits, `-` and `.`, or write `run: kafka`")
            });
        }
    }
}

fn problem(topic: &TopicName, strimzi: &BTreeSet<&TopicName>) -> Option<String> {
    let as_object = || dns_subdomain(topic.as_str()).filter(|_| strimzi.contains(topic));
    let as_object = || as_object().map(|why| format!("{why}, as a KafkaTopic is called after it"));
    kafka_topic(topic.as_str()).or_else(as_object)
}

/// The topics that a sidecar subscribes to, each with the subscriber of the longest name.
fn subscribed(stack: &Stack) -> BTreeMap<&TopicName, (&Service, &Subscription)> {
    let mut longest: BTreeMap<&TopicName, (&Service, &Subscription)> = BTreeMap::new();
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        for subscription in &service.subscriptions {
            let known = longest.entry(&subscription.topic).or_insert((service, subscription));
            if service.name.as_str().len() > known.0.name.as_str().len() {
                *known = (service, subscription);
            }
        }
    }
    longest
}

fn owned_by_strimzi(stack: &Stack) -> BTreeSet<&TopicName> {
    let is_owned = |component: &&Component| {
        component.broker.as_ref().is_some_and(|broker| broker.owner.value == TopicOwner::Strimzi)
    };
    stack.components.values().filter(is_owned).flat_map(|component| &component.carries).collect()
}
