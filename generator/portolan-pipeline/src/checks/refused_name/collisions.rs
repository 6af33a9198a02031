use std::collections::{BTreeMap, BTreeSet};

use super::Names;
use crate::model::{AppId, ExternalTarget, Service, Stack, Subscription};

impl Names<'_> {
    /// Two objects of one name: the one that is applied last replaces the other.
    pub(super) fn check_collisions(&mut self, stack: &Stack) {
        self.check_externals_of_our_own(stack);
        self.check_uses(stack);
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

    /// Who invokes the name of both gets one of them, and nobody can tell which.
    fn check_externals_of_our_own(&mut self, stack: &Stack) {
        let apps: BTreeMap<&str, &Service> =
            stack.services.values().map(|service| (service.app_id.value.as_str(), service)).collect();
        for (name, external) in &stack.externals {
            let app = match &external.target {
                ExternalTarget::App(app) => app.value.as_str(),
                // An HTTPEndpoint is invoked by its name.
                ExternalTarget::Url(_) => name.as_str(),
            };
            let own = stack.services.get(name).or_else(|| apps.get(app).copied());
            let Some(own) = own else { continue };
            let message = format!("external service `{name}` is called as `{}` of this stack is", own.name);
            self.push(external.at, message, |finding| {
                finding
                    .label("which of them is invoked?")
                    .related(Some(own.at), "the one that is deployed from here")
                    .help("take it away where the service itself is meant, else give it another name")
            });
        }
    }

    /// `uses` names components and secrets; of two with one name it takes the secret.
    fn check_uses(&mut self, stack: &Stack) {
        let mut seen = BTreeSet::new();
        for service in stack.services.values() {
            for key in service.secrets.iter().filter(|key| key.at.is_some_and(|at| Some(at.file) != service.contract)) {
                let name = key.value.secret.as_str();
                let (Some(component), Some(at)) = (stack.components.get(name), key.at) else { continue };
                if !seen.insert(at) {
                    continue;
                }
                let message = format!("`{name}` in `uses` of `{}` is a component and a secret", service.name);
                self.push(at, message, |finding| {
                    finding
                        .label("the secret is taken")
                        .related(Some(component.at), "the component")
                        .help("give one of them another name")
                });
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
