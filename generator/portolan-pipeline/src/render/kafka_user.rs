use std::collections::{BTreeMap, BTreeSet};

use super::file::RenderedFile;
use super::kafka_topic::strimzi_object;
use super::object::manifest_path;
use super::tree::{Map, Tree};
use crate::model::{Component, ComponentName, Credentials, Fact, Stack};
use crate::spec::contract::Delivery;
use crate::spec::document::{Sasl, TopicOwner};

/// KafkaUsers (`kafka.strimzi.io`) with the ACLs that follow from the graph, KEDA's own included.
pub(super) fn render_kafka_users(stack: &Stack) -> Vec<RenderedFile> {
    let components = stack.components.values().filter(|component| component.broadcast_of.is_none());
    components.filter_map(|component| render_user(stack, component)).collect()
}

fn render_user(stack: &Stack, component: &Component) -> Option<RenderedFile> {
    let broker = component.broker.as_ref().filter(|broker| broker.owner.value == TopicOwner::Strimzi)?;
    let credentials = broker.credentials.as_ref().filter(|credentials| credentials.sasl.value == Sasl::ScramSha512)?;
    let user = credentials.user.as_ref()?;
    let authorization = Map::new().with("type", "simple").with("acls", render_acls(stack, component));
    let spec =
        Map::new().with("authentication", render_authentication(credentials)).with("authorization", authorization);
    let document = strimzi_object(stack, broker, "KafkaUser", &user.value).with("spec", spec);
    Some(RenderedFile::new(manifest_path(stack, &format!("kafka-user-{}", user.value)), document))
}

fn render_authentication(credentials: &Credentials) -> Map {
    let key = &credentials.password.value;
    let reference = Map::new().with("name", key.secret.as_str()).with("key", key.key.as_str());
    let password = Tree::from(reference).at_place(credentials.password.at);
    Map::new()
        .with("type", "scram-sha-512")
        .with("password", Map::new().with("valueFrom", Map::new().with("secretKeyRef", password)))
}

fn render_acls(stack: &Stack, component: &Component) -> Vec<Tree> {
    let topics = topic_operations(stack, component);
    let topics = topics.into_iter().map(|(topic, operations)| render_acl("topic", topic, "literal", &operations));
    let groups = groups(stack, component);
    // KEDA asks for a group's offsets with the same user; Read on a group implies Describe.
    let groups =
        groups.into_iter().map(|(group, pattern)| render_acl("group", &group, pattern, &BTreeSet::from(["Read"])));
    topics.chain(groups).collect()
}

fn topic_operations<'a>(stack: &'a Stack, component: &Component) -> BTreeMap<&'a str, BTreeSet<&'static str>> {
    let mut topics: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in stack.services.values() {
        for subscription in service.subscriptions.iter().filter(|known| is_for(stack, &known.component, component)) {
            topics.entry(subscription.topic.as_str()).or_default().extend(["Describe", "Read"]);
            let dead_letter = stack.topics.get(&subscription.topic).and_then(|topic| topic.dead_letter.as_ref());
            if let Some(Fact { value: target, .. }) = dead_letter {
                topics.entry(target.as_str()).or_default().extend(["Describe", "Write"]);
            }
        }
        for publication in service.publishes.iter().filter(|known| known.component == component.name) {
            topics.entry(publication.topic.as_str()).or_default().extend(["Describe", "Write"]);
        }
    }
    topics
}

fn groups(stack: &Stack, component: &Component) -> BTreeSet<(String, &'static str)> {
    let mut groups = BTreeSet::new();
    for service in stack.services.values() {
        for subscription in service.subscriptions.iter().filter(|known| is_for(stack, &known.component, component)) {
            groups.insert(match subscription.delivery.value {
                Delivery::Shared => (subscription.group.value.clone(), "literal"),
                // A group for each pod, whose names begin alike.
                Delivery::Broadcast => (format!("{}-", service.app_id.value), "prefix"),
            });
        }
    }
    groups
}

/// Whether a subscription goes through a component or through its copy for broadcast.
fn is_for(stack: &Stack, used: &ComponentName, component: &Component) -> bool {
    let copied_from = stack.components.get(used).and_then(|known| known.broadcast_of.as_ref());
    *used == component.name || copied_from == Some(&component.name)
}

fn render_acl(kind: &'static str, name: &str, pattern: &'static str, operations: &BTreeSet<&'static str>) -> Tree {
    let resource = Map::new().with("type", kind).with("name", name).with("patternType", pattern);
    let operations: Vec<Tree> = operations.iter().map(|operation| Tree::from(*operation)).collect();
    Map::new().with("resource", resource).with("operations", operations).into()
}
