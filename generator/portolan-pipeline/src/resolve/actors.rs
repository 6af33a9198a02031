use std::collections::BTreeMap;

use super::kafka_metadata::{item, plain};
use crate::model::{Component, ComponentName, Fact, Service, ServiceName, Workflow};
use crate::spec::{Located, document};

/// A store that keeps actors has to say so.
pub(super) fn complete_actor_stores(
    components: &mut BTreeMap<ComponentName, Component>,
    services: &BTreeMap<ServiceName, Service>,
) {
    for service in services.values().filter(|service| service.has_sidecar()) {
        let Some(store) = &service.actor_store else { continue };
        if let Some(component) = components.get_mut(&store.value).filter(|known| known.kind.value.block() == "state")
            && component.item("actorStateStore").is_none()
        {
            component.metadata.push(item("actorStateStore", Fact { value: plain("true"), at: store.at }));
        }
    }
}

pub(super) fn workflow(written: &Located<document::Workflow>) -> Workflow {
    Workflow {
        at: written.at,
        max_workflows: written.value.max_workflows.as_ref().map(Fact::from),
        max_activities: written.value.max_activities.as_ref().map(Fact::from),
        retention: written.value.retention.as_ref().map(Fact::from),
    }
}
