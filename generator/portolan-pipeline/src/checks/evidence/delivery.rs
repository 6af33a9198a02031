use crate::model::{Component, Policy, Publication, Service, Stack, Subscription};

/// A subscription whose events a sidecar delivers.
#[derive(Clone, Copy)]
pub(in crate::checks) struct Delivered<'a> {
    pub(in crate::checks) service: &'a Service,
    pub(in crate::checks) subscription: &'a Subscription,
    pub(in crate::checks) component: &'a Component,
    /// By which it is repeated.
    pub(in crate::checks) policy: &'a Policy,
}

/// Every subscription behind a sidecar.
pub(in crate::checks) fn delivered(stack: &Stack) -> impl Iterator<Item = Delivered<'_>> {
    behind_sidecars(stack).flat_map(move |service| {
        service.subscriptions.iter().filter_map(move |subscription| {
            let component = stack.components.get(&subscription.component)?;
            let policy = stack.resiliency.delivery(component)?;
            Some(Delivered { service, subscription, component, policy })
        })
    })
}

/// Every publication through a sidecar.
pub(in crate::checks) fn published(stack: &Stack) -> impl Iterator<Item = (&Service, &Publication, &Component)> {
    behind_sidecars(stack).flat_map(move |service| {
        let publications = service.publishes.iter();
        publications
            .filter_map(move |publication| Some((service, publication, stack.components.get(&publication.component)?)))
    })
}

fn behind_sidecars(stack: &Stack) -> impl Iterator<Item = &Service> {
    stack.services.values().filter(|service| service.has_sidecar())
}
