use std::collections::BTreeMap;

use super::Names;
use crate::model::{AppId, Service, Stack, Subscription};

impl Names<'_> {
    /// Two objects of one name: the one that is applied last replaces the other.
    pub(super) fn check_collisions(&mut self, stack: &Stack) {
        let mut apps: BTreeMap<&AppId, &Service> = BTreeMap::new();
        let mut subscriptions: BTreeMap<String, &Subscription> = BTreeMap::new();
        for service in stack.services.values().filter(|service| service.has_sidecar()) {
            if let Some(other) = apps.insert(&service.app_id.value, service) {
                self.refuse_second_app(service, other);
            }
            for subscription in &service.subscriptions {
                let name = format!("{}-{}", service.name, subscription.topic);
                if let Some(other) = subscriptions.insert(name.clone(), subscription) {
                    self.refuse_second_subscription(&name, subscription, other);
                }
            }
        }
    }

    fn refuse_second_app(&mut self, service: &Service, other: &Service) {
        let message = format!("`{}` and `{}` are both app-id `{}`", other.name, service.name, service.app_id.value);
        self.push(service.app_id.at.unwrap_or(service.at), message, |finding| {
            finding
                .label("Dapr takes both for one app")
                .related(Some(other.app_id.at.unwrap_or(other.at)), format!("`{}` has it as well", other.name))
                .help("give each service an app-id of its own; without `appId` it is the service's name")
        });
    }

    fn refuse_second_subscription(&mut self, name: &str, subscription: &Subscription, other: &Subscription) {
        let message = format!("two subscriptions are called `{name}`, after their services and topics");
        self.push(subscription.at, message, |finding| {
            finding
                .label("one replaces the other")
                .related(Some(other.at), "the other one")
                .help("choose another name for one of the services or topics")
        });
    }
}
