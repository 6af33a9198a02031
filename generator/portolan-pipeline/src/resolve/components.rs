use std::collections::BTreeMap;

use super::kafka_metadata::kafka_metadata;
use super::resolver::Resolver;
use crate::model::{Component, ComponentName, ComponentType, Fact, MetadataItem, Secret, SecretName, Topic, TopicName};
use crate::spec::{Located, Setting, document};

/// The secret store that Dapr's operator reads for every component (`auth.secretStore`).
const BUILT_IN_SECRET_STORE: &str = "kubernetes";

impl Resolver<'_> {
    /// The components as the document declares them; who uses them follows from the services.
    pub(super) fn components(
        &mut self,
        topics: &BTreeMap<TopicName, Topic>,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> BTreeMap<ComponentName, Component> {
        let document = self.document;
        let buses = document.components.iter().filter(|(_, component)| is_bus(component)).count();
        let mut components = BTreeMap::new();
        for (name, written) in &document.components {
            if let Some(component) = self.component(name, written, topics, secrets, buses == 1) {
                components.insert(component.name.clone(), component);
            }
        }
        components
    }

    fn component(
        &mut self,
        name: &Located<String>,
        written: &document::Component,
        topics: &BTreeMap<TopicName, Topic>,
        secrets: &BTreeMap<SecretName, Secret>,
        only_bus: bool,
    ) -> Option<Component> {
        let Some(kind) = &written.kind else {
            self.missing(name.at, format!("component `{}` has no type", name.value), "add `type: BLOCK.NAME`");
            return None;
        };
        let kind = Fact::written_at(component_type(&kind.value), kind.at);
        let carries = self.carries(written, topics, only_bus && is_bus(written));
        let listed = written.carries.iter().map(|topic| Fact::written_at(topic.value.as_str().into(), topic.at));
        let broker = kind.value.is_kafka().then(|| self.broker(name, written, secrets));
        let path = format!("components.{}.secretStore", name.value);
        let secret_store = self.or_default(written.secret_store.as_ref(), &path, BUILT_IN_SECRET_STORE.to_owned());
        for (_, setting) in &written.metadata {
            if let Setting::Secret(key) = &setting.value {
                self.secret_reference(secrets, key, setting.at);
            }
        }
        let mut metadata =
            broker.as_ref().map_or_else(Vec::new, |broker| kafka_metadata(broker, largest(&carries, topics)));
        override_metadata(&mut metadata, written);
        Some(Component {
            name: name.value.as_str().into(),
            at: name.at,
            kind,
            metadata,
            scopes: Vec::new(),
            scopes_at: written.scopes.as_ref().map(|scopes| scopes.first().map_or(name.at, |first| first.at)),
            users: Vec::new(),
            secret_store,
            ignore_errors: written.ignore_errors.as_ref().map(Fact::from),
            init_timeout: written.init_timeout.as_ref().map(Fact::from),
            carries,
            listed: listed.collect(),
            broker,
            broadcast_of: None,
        })
        .map(|component| with_written_scopes(component, written))
    }

    fn carries(
        &mut self,
        written: &document::Component,
        topics: &BTreeMap<TopicName, Topic>,
        all: bool,
    ) -> Vec<TopicName> {
        if written.carries.is_empty() && all {
            return topics.keys().cloned().collect();
        }
        let mut carried = Vec::new();
        for topic in &written.carries {
            match topics.get(topic.value.as_str()) {
                Some(known) => {
                    carried.extend(std::iter::once(known.name.clone()).chain(dead_letters_of(known, topics)));
                }
                None => self.dangling(crate::model::Reference::Topic, &topic.value, topic.at),
            }
        }
        carried.sort();
        carried.dedup();
        carried
    }
}

fn dead_letters_of(topic: &Topic, topics: &BTreeMap<TopicName, Topic>) -> Option<TopicName> {
    topic.dead_letter.as_ref().filter(|target| topics.contains_key(&target.value)).map(|target| target.value.clone())
}

fn is_bus(component: &document::Component) -> bool {
    component.kind.as_ref().is_some_and(|kind| is_bus_type(&component_type(&kind.value)))
}

fn is_bus_type(kind: &ComponentType) -> bool {
    kind.block() == "pubsub" || kind.is_eventbridge()
}

pub(super) fn component_type(text: &str) -> ComponentType {
    let (name, version) = text.split_once('/').unwrap_or((text, "v1"));
    ComponentType { name: name.to_owned(), version: version.to_owned() }
}

fn with_written_scopes(mut component: Component, written: &document::Component) -> Component {
    component.scopes =
        written.scopes.iter().flatten().map(|scope| Fact::written_at(scope.value.as_str().into(), scope.at)).collect();
    component
}

fn largest(carries: &[TopicName], topics: &BTreeMap<TopicName, Topic>) -> Option<Fact<u32>> {
    carries.iter().filter_map(|name| topics.get(name)).map(Topic::largest_record).max_by_key(|size| size.value)
}

/// The spec's word wins over what portolan derives.
fn override_metadata(metadata: &mut Vec<MetadataItem>, written: &document::Component) {
    for (key, setting) in &written.metadata {
        let item = MetadataItem { key: key.value.clone(), key_at: Some(key.at), value: setting.into() };
        match metadata.iter_mut().find(|known| known.key == item.key) {
            Some(known) => *known = item,
            None => metadata.push(item),
        }
    }
}
