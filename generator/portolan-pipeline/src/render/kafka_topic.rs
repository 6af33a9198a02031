use super::file::RenderedFile;
use super::object::{manifest_path, object_in};
use super::tree::{Map, Tree};
use crate::model::{Broker, Stack, Topic};
use crate::spec::document::{StrimziApi, TopicOwner};

/// KafkaTopics (`kafka.strimzi.io`) of the components whose topics Strimzi owns.
pub(super) fn render_kafka_topics(stack: &Stack) -> Vec<RenderedFile> {
    let components = stack.components.values().filter(|component| component.broadcast_of.is_none());
    let topics = components.flat_map(|component| {
        let broker = component.broker.as_ref().filter(|broker| broker.owner.value == TopicOwner::Strimzi);
        let carried = component.carries.iter().filter_map(|name| stack.topics.get(name));
        broker.into_iter().flat_map(move |broker| carried.clone().map(move |topic| render_topic(stack, broker, topic)))
    });
    topics.collect()
}

fn render_topic(stack: &Stack, broker: &Broker, topic: &Topic) -> RenderedFile {
    let largest = topic.largest_record();
    let config = Map::new()
        .with("retention.ms", Tree::from(topic.retention.value.as_milliseconds()).at_place(topic.retention.at))
        .with("max.message.bytes", Tree::number(&largest))
        .with("min.insync.replicas", u64::from(broker.replication.value.saturating_sub(1).max(1)));
    let spec = Map::new()
        .with("partitions", Tree::number(&topic.partitions))
        .with("replicas", Tree::number(&broker.replication))
        .with("config", config);
    let document = strimzi_object(stack, broker, "KafkaTopic", topic.name.as_str()).with("spec", spec);
    RenderedFile::new(manifest_path(stack, &format!("kafka-topic-{}", topic.name)), document)
}

/// An object that Strimzi's operators read: in the namespace of the cluster, with the cluster's name as a label.
pub(super) fn strimzi_object(stack: &Stack, broker: &Broker, kind: &'static str, name: &str) -> Map {
    let (cluster, namespace) = match &broker.strimzi {
        Some(strimzi) => (Tree::text(&strimzi.cluster), Tree::text(&strimzi.namespace)),
        None => (Tree::from("kafka-cluster"), Tree::text(&stack.cluster.namespace)),
    };
    let version = match broker.strimzi.as_ref().map(|strimzi| strimzi.api.value) {
        Some(StrimziApi::V1Beta2) => "kafka.strimzi.io/v1beta2",
        Some(StrimziApi::V1) | None => "kafka.strimzi.io/v1",
    };
    object_in(stack, namespace, version, kind, name, Map::new().with("strimzi.io/cluster", cluster))
}
