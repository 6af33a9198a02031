use std::collections::BTreeSet;

use crate::model::{
    Broker, Component, ComponentName, Fact, Service, Stack, Subscription, TopicName, Trigger, TriggerKind,
};
use crate::source::Span;
use crate::spec::document::Run;

/// A lag trigger with all that it has to agree with.
#[derive(Clone, Copy)]
pub(in crate::checks) struct Lag<'a> {
    pub(in crate::checks) service: &'a Service,
    pub(in crate::checks) subscription: &'a Subscription,
    pub(in crate::checks) trigger: &'a Trigger,
    pub(in crate::checks) topic: &'a TopicName,
    pub(in crate::checks) component: &'a Component,
    pub(in crate::checks) broker: &'a Broker,
    at: Span,
}

impl Lag<'_> {
    /// Where a value of the trigger was written; where the lag was, for one that is derived.
    pub(in crate::checks) fn place<T>(&self, value: &Fact<T>) -> Span {
        value.at.unwrap_or(self.at)
    }
}

/// Every lag trigger of a stack.
pub(in crate::checks) fn lag_triggers(stack: &Stack) -> impl Iterator<Item = Lag<'_>> {
    stack.services.values().flat_map(move |service| {
        service.scale.triggers.iter().filter_map(move |trigger| {
            let TriggerKind::KafkaLag { topic, component, at } = &trigger.kind else { return None };
            let subscription = service.subscriptions.iter().find(|subscription| subscription.topic == *topic)?;
            let component = stack.components.get(component)?;
            let broker = component.broker.as_ref()?;
            Some(Lag { service, subscription, trigger, topic, component, broker, at: *at })
        })
    })
}

/// The components whose broker is read by others than Dapr: by KEDA, or by a service that is a Kafka consumer itself.
pub(in crate::checks) fn consumed_components(stack: &Stack) -> BTreeSet<&ComponentName> {
    let counted = lag_triggers(stack).map(|lag| &lag.component.name);
    let consumers = stack.services.values().filter(|service| service.run.value == Run::Kafka);
    let consumed = consumers.flat_map(|service| {
        let subscribed = service.subscriptions.iter().map(|subscription| &subscription.component);
        subscribed.chain(service.publishes.iter().map(|publication| &publication.component))
    });
    counted.chain(consumed).collect()
}
