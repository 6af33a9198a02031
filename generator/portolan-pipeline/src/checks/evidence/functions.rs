use std::collections::BTreeMap;

use crate::model::{ComponentName, Service, Stack};
use crate::spec::document::Run;

/// The components that functions get events from, each with the first function that does.
pub(in crate::checks) fn read_by_functions(stack: &Stack) -> BTreeMap<&ComponentName, &Service> {
    let mut read = BTreeMap::new();
    for service in stack.services.values().filter(|service| service.run.value == Run::Lambda) {
        for subscription in &service.subscriptions {
            read.entry(&subscription.component).or_insert(service);
        }
    }
    read
}

/// The same with those that functions publish to.
pub(in crate::checks) fn used_by_functions(stack: &Stack) -> BTreeMap<&ComponentName, &Service> {
    let mut used = read_by_functions(stack);
    for service in stack.services.values().filter(|service| service.run.value == Run::Lambda) {
        for publication in &service.publishes {
            used.entry(&publication.component).or_insert(service);
        }
    }
    used
}
