use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{
    Breaker, Component, ComponentName, ComponentPolicies, Fact, Policy, Reference, Resiliency, Retry, ServiceName,
};
use crate::spec::document::{self, Backoff};
use crate::spec::{Duration, Located};

/// Time-out in seconds, retries, longest wait in seconds. Of `deliver` ten minutes of tries where each fails at once:
/// longer than a database's failover or a rollout. Dapr gives up after 15 whatever is written.
const OWN: [(&str, [u32; 3]); 3] = [("deliver", [60, 20, 60]), ("publish", [10, 5, 5]), ("invoke", [5, 3, 2])];
/// As `invoke`; Dapr's own default is to repeat for ever.
const RETRIES: u32 = 3;
/// A service that is gone is asked again after as long as a replica takes to start.
const BREAKER: Duration = Duration::seconds(30);
const TRIP: &str = "consecutiveFailures >= 5";

impl Resolver<'_> {
    pub(super) fn resiliency(&mut self, components: &BTreeMap<ComponentName, Component>) -> Resiliency {
        let document = self.document;
        let written = &document.resiliency;
        let mut policies = Vec::new();
        for ((name, defaults), policy) in OWN.into_iter().zip([&written.deliver, &written.publish, &written.invoke]) {
            policies.push((Fact::derived(name.to_owned()), self.own_policy(policy, name, defaults)));
        }
        for (name, policy) in &written.policies {
            policies.push((name.into(), self.policy(policy, &format!("policies.{}", name.value))));
        }
        let apps = written.apps.iter().filter_map(|(name, policy)| {
            let known = document.services.get(&name.value).is_some() || document.external.get(&name.value).is_some();
            if !known {
                self.dangling(Reference::Service, &name.value, name.at);
            }
            known.then(|| (ServiceName::from(name.value.as_str()), Fact::from(policy)))
        });
        let apps = apps.collect();
        let sides = written.components.iter().filter_map(|(name, sides)| self.sides_of(name, sides, components));
        Resiliency { policies, apps, components: sides.collect() }
    }

    fn sides_of(
        &mut self,
        name: &Located<String>,
        sides: &document::ComponentPolicies,
        components: &BTreeMap<ComponentName, Component>,
    ) -> Option<(ComponentName, ComponentPolicies)> {
        let Some(component) = components.get(name.value.as_str()) else {
            self.dangling(Reference::Component, &name.value, name.at);
            return None;
        };
        let policies = ComponentPolicies {
            at: name.at,
            inbound: sides.inbound.as_ref().map(Fact::from),
            outbound: sides.outbound.as_ref().map(Fact::from),
        };
        Some((component.name.clone(), policies))
    }

    fn own_policy(&mut self, written: &document::Policy, name: &str, defaults: [u32; 3]) -> Policy {
        let [timeout, retries, interval] = defaults;
        let path = |field: &str| format!("resiliency.{name}.{field}");
        let seconds = |number: u32| Duration::seconds(u64::from(number));
        let timeout = self.or_default(written.timeout.as_ref(), &path("timeout"), seconds(timeout));
        let max_retries = self.or_default(written.max_retries.as_ref(), &path("maxRetries"), retries);
        let mut retry = retry(written, max_retries);
        if retry.backoff.value == Backoff::Exponential {
            retry.max_interval =
                Some(self.or_default(written.max_interval.as_ref(), &path("maxInterval"), seconds(interval)));
        }
        let nothing = document::Breaker::default();
        // A service that does not answer is left alone; a broker or a database has its own way to say so.
        let breaker = written.breaker.as_ref().or((name == "invoke").then_some(&nothing));
        let breaker = breaker.map(|breaker| self.breaker(breaker, &path("breaker")));
        Policy { timeout: Some(timeout), retry: Some(retry), breaker }
    }

    fn policy(&mut self, written: &document::Policy, name: &str) -> Policy {
        let path = |field: &str| format!("resiliency.{name}.{field}");
        let repeats = written.retry.is_some()
            || written.max_retries.is_some()
            || written.duration.is_some()
            || written.max_interval.is_some()
            || written.http_codes.is_some()
            || written.grpc_codes.is_some();
        let retry = repeats
            .then(|| retry(written, self.or_default(written.max_retries.as_ref(), &path("maxRetries"), RETRIES)));
        let breaker = written.breaker.as_ref().map(|breaker| self.breaker(breaker, &path("breaker")));
        Policy { timeout: written.timeout.as_ref().map(Fact::from), retry, breaker }
    }

    fn breaker(&mut self, written: &document::Breaker, path: &str) -> Breaker {
        let path = |field: &str| format!("{path}.{field}");
        Breaker {
            trip: self.or_default(written.trip.as_ref(), &path("trip"), TRIP.to_owned()),
            timeout: self.or_default(written.timeout.as_ref(), &path("timeout"), BREAKER),
            interval: self.or_default(written.interval.as_ref(), &path("interval"), BREAKER),
            max_requests: self.or_default(written.max_requests.as_ref(), &path("maxRequests"), 1),
        }
    }
}

/// A wait that is written and stays makes it constant.
fn retry(written: &document::Policy, max_retries: Fact<u32>) -> Retry {
    let stays = written.duration.is_some() && written.max_interval.is_none();
    let backoff = if stays { Backoff::Constant } else { Backoff::Exponential };
    Retry {
        backoff: written.retry.as_ref().map_or(Fact::derived(backoff), Fact::from),
        max_retries,
        duration: written.duration.as_ref().map(Fact::from),
        max_interval: written.max_interval.as_ref().map(Fact::from),
        http_codes: written.http_codes.as_ref().map(Fact::from),
        grpc_codes: written.grpc_codes.as_ref().map(Fact::from),
    }
}
