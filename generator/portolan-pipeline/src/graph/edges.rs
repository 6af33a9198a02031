use std::collections::{BTreeMap, BTreeSet};

use super::edge::{Edge, Relation, Route};
use super::node::{Kind, NodeId};
use crate::model::{Binding, Component, Invocation, Service, Stack, Subscription, TriggerKind};
use crate::spec::{SecretKey, Setting};

/// Every edge that the stack says, in no order.
pub(super) fn edges(stack: &Stack) -> Vec<Edge> {
    let dead_letters = stack.topics.values().filter_map(|topic| {
        let target = topic.dead_letter.as_ref()?;
        let (from, to) = (NodeId::new(Kind::Topic, &topic.name), NodeId::new(Kind::Topic, &target.value));
        Some(Edge { from, to, relation: Relation::DeadLetters })
    });
    let services = stack.services.values().flat_map(|service| of_service(stack, service));
    let components = stack.components.values().flat_map(of_component);
    let externals = stack.externals.iter();
    let externals = externals.flat_map(|(name, external)| reads(&NodeId::new(Kind::External, name), external.keys()));
    dead_letters.chain(services).chain(components).chain(externals).collect()
}

fn of_service(stack: &Stack, service: &Service) -> Vec<Edge> {
    let own = NodeId::new(Kind::Service, &service.name);
    let to = |to: NodeId, relation| Edge { from: own.clone(), to, relation };
    let mut edges = Vec::new();
    edges.extend(service.publishes.iter().map(|published| {
        let relation = Relation::Publishes { component: published.component.to_string() };
        to(NodeId::new(Kind::Topic, &published.topic), relation)
    }));
    edges.extend(service.subscriptions.iter().map(|subscription| Edge {
        from: NodeId::new(Kind::Topic, &subscription.topic),
        to: own.clone(),
        relation: delivers(service, subscription),
    }));
    edges.extend(service.invokes.iter().map(|invoked| {
        let relation = Relation::Invokes { method: invoked.method.clone(), verbs: invoked.verbs.clone() };
        to(invoked_node(stack, invoked), relation)
    }));
    edges.extend(service.uses.iter().map(|used| to(NodeId::new(Kind::Component, &used.value), Relation::Uses)));
    edges.extend(
        service.configuration.iter().map(|(store, keys)| {
            to(NodeId::new(Kind::Component, &store.value), Relation::Follows { keys: keys.clone() })
        }),
    );
    let passed = service.http_pipeline.iter().chain(&service.app_pipeline).chain(&service.actor_store);
    edges.extend(passed.map(|used| to(NodeId::new(Kind::Component, &used.value), Relation::Uses)));
    edges.extend(service.bindings.iter().flat_map(|binding| of_binding(&own, binding)));
    let in_variables = service.env.iter().filter_map(|(_, value)| as_key(&value.value));
    edges.extend(reads(&own, service.secrets.iter().map(|key| &key.value).chain(in_variables)));
    edges
}

fn of_binding(own: &NodeId, binding: &Binding) -> Vec<Edge> {
    let component = NodeId::new(Kind::Component, &binding.component);
    let input = binding.route.as_ref().map(|route| Edge {
        from: component.clone(),
        to: own.clone(),
        relation: Relation::Triggers { route: route.value.clone() },
    });
    let output = binding.output.then(|| Edge { from: own.clone(), to: component.clone(), relation: Relation::Uses });
    input.into_iter().chain(output).collect()
}

fn of_component(component: &Component) -> Vec<Edge> {
    let own = NodeId::new(Kind::Component, &component.name);
    reads(&own, component.metadata.iter().filter_map(|item| as_key(&item.value.value)))
}

fn delivers(service: &Service, subscription: &Subscription) -> Relation {
    let rules = subscription.rules.iter().map(|rule| Route {
        path: rule.route.value.clone(),
        types: rule.types.iter().map(|kind| kind.value.clone()).collect(),
        condition: rule.condition.as_ref().map(|condition| condition.value.clone()),
    });
    let rest = Route { path: subscription.route.value.clone(), types: Vec::new(), condition: None };
    let counts =
        |kind: &TriggerKind| matches!(kind, TriggerKind::KafkaLag { topic, .. } if *topic == subscription.topic);
    let trigger = service.scale.triggers.iter().find(|trigger| counts(&trigger.kind));
    Relation::Delivers {
        component: subscription.component.to_string(),
        group: subscription.group.value.clone(),
        delivery: subscription.delivery.value.word(),
        routes: rules.chain([rest]).collect(),
        types: subscription.types.clone(),
        lag: trigger.and_then(|trigger| trigger.value("lagThreshold")).map(|lag| lag.value.clone()),
    }
}

fn invoked_node(stack: &Stack, invoked: &Invocation) -> NodeId {
    let ours = stack.services.contains_key(&invoked.service);
    NodeId::new(if ours { Kind::Service } else { Kind::External }, &invoked.service)
}

/// One edge to each secret, with all of its keys.
fn reads<'a>(reader: &NodeId, keys: impl Iterator<Item = &'a SecretKey>) -> Vec<Edge> {
    let mut secrets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for key in keys {
        secrets.entry(&key.secret).or_default().insert(&key.key);
    }
    let edge = |(secret, keys): (&str, BTreeSet<&str>)| Edge {
        from: reader.clone(),
        to: NodeId::new(Kind::Secret, secret),
        relation: Relation::Reads { keys: keys.into_iter().map(str::to_owned).collect() },
    };
    secrets.into_iter().map(edge).collect()
}

fn as_key(setting: &Setting) -> Option<&SecretKey> {
    match setting {
        Setting::Secret(key) => Some(key),
        Setting::Plain(_) => None,
    }
}
