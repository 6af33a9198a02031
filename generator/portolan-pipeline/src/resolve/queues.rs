use std::collections::BTreeMap;

use super::kafka_metadata::{item, plain};
use crate::model::{Aws, Component, ComponentName, ComponentType, Fact, Service, ServiceName, Subscription};
use crate::spec::contract::Delivery;

/// A sidecar knows no EventBridge: it takes a topic's events from a queue, by a binding that posts them to the route.
pub(super) fn add_queues(
    components: &mut BTreeMap<ComponentName, Component>,
    services: &BTreeMap<ServiceName, Service>,
    aws: Option<&Aws>,
) {
    let Some(aws) = aws else { return };
    let mut queues = Vec::new();
    for service in services.values().filter(|service| service.has_sidecar()) {
        let shared = service.subscriptions.iter().filter(|known| known.delivery.value == Delivery::Shared);
        for subscription in shared {
            let bus = components.get(&subscription.component).filter(|known| known.kind.value.is_eventbridge());
            queues.extend(bus.map(|bus| queue(aws, service, subscription, bus)));
        }
    }
    components.extend(queues.into_iter().map(|queue| (queue.name.clone(), queue)));
}

fn queue(aws: &Aws, service: &Service, subscription: &Subscription, bus: &Component) -> Component {
    let kind = ComponentType { name: "bindings.aws.sqs".to_owned(), version: "v1".to_owned() };
    let app = Fact::derived(service.app_id.value.clone());
    let text = |fact: &Fact<String>| fact.clone().map(|text| plain(&text));
    Component {
        name: format!("{}-{}-{}", bus.name, service.name, subscription.topic).as_str().into(),
        at: bus.at,
        kind: Fact { value: kind, at: bus.kind.at },
        // Without keys the SDK takes the pod's own role.
        metadata: vec![
            item("queueName", Fact::derived(plain(&aws.queue_name(&service.name, &subscription.topic)))),
            item("region", text(&aws.region)),
            item("direction", Fact::derived(plain("input"))),
            item("route", text(&subscription.route)),
        ],
        scopes: vec![app.clone()],
        scopes_at: None,
        users: vec![app],
        secret_store: bus.secret_store.clone(),
        ignore_errors: None,
        init_timeout: None,
        carries: Vec::new(),
        listed: Vec::new(),
        broker: None,
        broadcast_of: None,
    }
}
