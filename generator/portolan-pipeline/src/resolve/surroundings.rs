use std::collections::BTreeMap;

use crate::model::{
    Aws, Component, ComponentName, External, Secret, SecretName, ServiceName, Topic, TopicName, Tracing,
};

/// What the services of a stack refer to.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) topics: &'a BTreeMap<TopicName, Topic>,
    pub(super) secrets: &'a BTreeMap<SecretName, Secret>,
    pub(super) components: &'a BTreeMap<ComponentName, Component>,
    pub(super) externals: &'a BTreeMap<ServiceName, External>,
    pub(super) tracing: Option<&'a Tracing>,
    pub(super) aws: Option<&'a Aws>,
    pub(super) carriers: &'a BTreeMap<&'a TopicName, &'a Component>,
    pub(super) namespace: &'a str,
}

impl<'a> Surroundings<'a> {
    /// Whether a component is EventBridge's bus.
    pub(super) fn is_eventbridge(&self, name: &ComponentName) -> bool {
        self.components.get(name).is_some_and(|component| component.kind.value.is_eventbridge())
    }

    /// The store that the services' own secrets are read from.
    pub(super) fn secret_store(&self) -> Option<&'a Component> {
        self.components.values().find(|component| component.kind.value.block() == "secretstores")
    }
}

/// Which component carries each topic; the first by name where several do.
pub(super) fn carriers(components: &BTreeMap<ComponentName, Component>) -> BTreeMap<&TopicName, &Component> {
    let last_to_first = components.values().rev();
    last_to_first.flat_map(|component| component.carries.iter().map(move |topic| (topic, component))).collect()
}
