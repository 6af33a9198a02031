use std::collections::BTreeMap;

use super::kafka_metadata::{item, plain};
use super::resolver::unique;
use crate::model::{AppId, Component, ComponentName, Fact, MetadataItem, Service, ServiceName, Subscription};
use crate::spec::Setting;
use crate::spec::contract::Delivery;

/// One group for each replica: Dapr fills the templates in.
pub(super) const BROADCAST_GROUP: &str = "{appID}-{podName}";

/// Who uses each component, and a component of its own for every service that sees each event in every replica.
pub(super) fn assign_users(
    components: &mut BTreeMap<ComponentName, Component>,
    services: &BTreeMap<ServiceName, Service>,
) {
    for service in services.values().filter(|service| service.has_sidecar()) {
        add_broadcast_components(components, service);
        for (name, at) in service.components() {
            if let Some(component) = components.get_mut(name) {
                component.users.push(Fact { value: service.app_id.value.clone(), at });
            }
        }
    }
    add_users_of_stores(components);
    for component in components.values_mut() {
        component.users = unique(std::mem::take(&mut component.users), |user| user.value.clone());
        if component.scopes_at.is_none() {
            component.scopes.clone_from(&component.users);
        }
    }
}

/// A sidecar that loads a component loads the store that its references are read from.
fn add_users_of_stores(components: &mut BTreeMap<ComponentName, Component>) {
    let readers = components.values().filter(|component| {
        components.contains_key(component.secret_store.value.as_str())
            && component.metadata.iter().any(|item| matches!(item.value.value, Setting::Secret(_)))
    });
    let needed: Vec<(String, Vec<Fact<AppId>>)> =
        readers.map(|component| (component.secret_store.value.clone(), component.users.clone())).collect();
    for (store, users) in needed {
        if let Some(store) = components.get_mut(store.as_str()) {
            store.users.extend(users);
        }
    }
}

/// The name of the component that brings every event to each replica of a service.
pub(super) fn broadcast_name(component: &ComponentName, service: &str) -> ComponentName {
    format!("{component}-{service}").as_str().into()
}

fn add_broadcast_components(components: &mut BTreeMap<ComponentName, Component>, service: &Service) {
    for subscription in service.subscriptions.iter().filter(|known| known.delivery.value == Delivery::Broadcast) {
        if let Some(copy) = components.get_mut(&subscription.component) {
            if copy.broadcast_of.is_some() {
                copy.carries.push(subscription.topic.clone());
            }
            continue;
        }
        let suffix = format!("-{}", service.name);
        let base = subscription.component.as_str().strip_suffix(&suffix).and_then(|base| components.get(base));
        if let Some(copy) = base.map(|base| broadcast_component(base, service, subscription)) {
            components.insert(copy.name.clone(), copy);
        }
    }
}

/// Field by field: the original may carry thousands of topics, and there may be thousands of copies.
fn broadcast_component(base: &Component, service: &Service, subscription: &Subscription) -> Component {
    let at = subscription.delivery.at;
    let own = ["consumerGroup", "consumerID", "initialOffset"];
    let mut metadata: Vec<MetadataItem> =
        base.metadata.iter().filter(|item| !own.contains(&item.key.as_str())).cloned().collect();
    metadata.push(item("consumerGroup", Fact { value: plain(BROADCAST_GROUP), at }));
    // What was published before a replica was there is not for its sessions.
    metadata.push(item("initialOffset", Fact { value: plain("newest"), at }));
    Component {
        name: subscription.component.clone(),
        at: base.at,
        kind: base.kind.clone(),
        metadata,
        scopes: vec![Fact::derived(service.app_id.value.clone())],
        scopes_at: None,
        users: Vec::new(),
        secret_store: base.secret_store.clone(),
        ignore_errors: base.ignore_errors.clone(),
        init_timeout: base.init_timeout.clone(),
        carries: vec![subscription.topic.clone()],
        listed: Vec::new(),
        broker: base.broker.clone(),
        broadcast_of: Some(base.name.clone()),
    }
}
