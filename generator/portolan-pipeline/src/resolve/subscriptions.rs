use super::resolver::Resolver;
use super::surroundings::Surroundings;
use super::users::{BROADCAST_GROUP, broadcast_name};
use crate::model::{Component, ComponentName, Fact, Publication, Reference, RouteRule, Subscription, TopicName};
use crate::spec::contract::{Contract, Delivery, Publishes, Subscribes};
use crate::spec::document::{self, Run, Service};
use crate::spec::{Duration, Located, Setting};

/// Dapr's own default.
const BULK_MESSAGES: u32 = 100;
/// Short enough that nobody notices; Dapr's own default for Kafka lets an event wait ten seconds.
const BULK_AWAIT: Duration = Duration::milliseconds(40);

impl Resolver<'_> {
    /// What the contract says and what the spec says, one subscription for each topic.
    pub(super) fn subscriptions(
        &mut self,
        service: &Located<String>,
        written: &Service,
        contract: Option<&Contract>,
        around: Surroundings<'_>,
    ) -> Vec<Subscription> {
        let mut subscriptions = Vec::new();
        let nothing = document::Subscription::default();
        for subscribes in contract.into_iter().flat_map(|contract| &contract.subscribes) {
            let Some(topic) = &subscribes.topic else { continue };
            let over = written.subscribes.get(&topic.value).unwrap_or(&nothing);
            subscriptions.extend(self.subscription(service, written, topic, over, Some(subscribes), around));
        }
        for (topic, over) in &written.subscribes {
            if subscriptions.iter().all(|known: &Subscription| known.topic.as_str() != topic.value) {
                subscriptions.extend(self.subscription(service, written, topic, over, None, around));
            }
        }
        subscriptions
    }

    fn subscription(
        &mut self,
        service: &Located<String>,
        written: &Service,
        topic: &Located<String>,
        over: &document::Subscription,
        contract: Option<&Subscribes>,
        around: Surroundings<'_>,
    ) -> Option<Subscription> {
        let carrier = self.carrier(topic, around)?;
        let has_contract = self.project.contracts.contains_key(&service.value);
        let path = |field: &str| format!("services.{}.subscribes.{}.{field}", service.value, topic.value);
        let route = over.route.as_ref().or_else(|| contract?.route.as_ref());
        let delivery = over.delivery.as_ref().or_else(|| contract?.delivery.as_ref());
        let delivery =
            self.or_default_as(delivery, &path("delivery"), Delivery::Shared, |delivery| delivery.word().to_owned());
        let app_id = written.app_id.as_ref().map_or(service.value.as_str(), |id| id.value.as_str());
        let (component, followed) = match delivery.value {
            Delivery::Shared => (carrier.name.clone(), followed_group(carrier, app_id, written, around)),
            Delivery::Broadcast => {
                let group = Fact { value: BROADCAST_GROUP.replace("{appID}", app_id), at: delivery.at };
                (broadcast_name(&carrier.name, &service.value), group)
            }
        };
        let group = over.group.as_ref().map_or(followed, Fact::from);
        Some(Subscription {
            topic: topic.value.as_str().into(),
            at: topic.at,
            component,
            route: self.or_default(route, &path("route"), usual_route(&topic.value)),
            rules: route_rules(over, contract),
            bulk: self.bulk(&path("bulk"), over),
            types: contract.map_or_else(Vec::new, event_types),
            served: has_contract
                .then(|| contract.map_or_else(Vec::new, |contract| served_routes(contract, &topic.value))),
            group,
            delivery,
        })
    }

    fn bulk(&mut self, path: &str, over: &document::Subscription) -> Option<(Fact<u32>, Fact<Duration>)> {
        let written = over.bulk.as_ref()?;
        let max_messages =
            self.or_default(written.max_messages.as_ref(), &format!("{path}.maxMessages"), BULK_MESSAGES);
        let max_await = self.or_default(written.max_await.as_ref(), &format!("{path}.maxAwait"), BULK_AWAIT);
        Some((max_messages, max_await))
    }

    /// What a service publishes, by contract and by spec.
    pub(super) fn publications(
        &mut self,
        written: &Service,
        contract: Option<&Contract>,
        around: Surroundings<'_>,
    ) -> Vec<Publication> {
        let nothing = Publishes::default();
        let promised = contract
            .into_iter()
            .flat_map(|contract| &contract.publishes)
            .filter_map(|publishes| Some((publishes.topic.as_ref()?, publishes)));
        let named = written.publishes.iter().map(|topic| (topic, &nothing));
        let publication = |topic: &Located<String>, publishes: &Publishes, component: ComponentName| Publication {
            topic: TopicName::from(topic.value.as_str()),
            component,
            types: publishes.types.iter().map(|kind| kind.value.clone()).collect(),
            key: publishes.key.as_ref().map(|key| key.value.clone()),
            at: topic.at,
        };
        let all: Vec<(&Located<String>, &Publishes)> = promised.chain(named).collect();
        all.into_iter()
            .filter_map(|(topic, publishes)| {
                Some(publication(topic, publishes, self.carrier(topic, around)?.name.clone()))
            })
            .collect()
    }

    /// The component that carries a topic.
    fn carrier<'a>(&mut self, topic: &Located<String>, around: Surroundings<'a>) -> Option<&'a Component> {
        let Some((known, _)) = around.topics.get_key_value(topic.value.as_str()) else {
            self.dangling(Reference::Topic, &topic.value, topic.at);
            return None;
        };
        let carrier = around.carriers.get(known).copied();
        if carrier.is_none() {
            let message = format!("no pub/sub component carries topic `{known}`");
            self.missing(topic.at, message, "add it to `carries` of a pub/sub component");
        }
        carrier
    }
}

/// The group that follows from the component: what its metadata says, else the app-id, which is Dapr's default.
fn followed_group(carrier: &Component, app_id: &str, written: &Service, around: Surroundings<'_>) -> Fact<String> {
    let consumes_itself = written.run.as_ref().is_some_and(|run| run.value != Run::Dapr);
    match carrier.written_group() {
        Some(item) if !consumes_itself => match &item.value.value {
            Setting::Plain(text) => Fact { value: filled_in(text, app_id, around.namespace), at: item.value.at },
            Setting::Secret(key) => Fact { value: key.to_string(), at: item.value.at },
        },
        _ => Fact::derived(app_id.to_owned()),
    }
}

/// Dapr's templates as its runtime fills them in (dapr 1.18, `pkg/runtime/meta`): KEDA knows none of them.
fn filled_in(text: &str, app_id: &str, namespace: &str) -> String {
    text.replace("{namespace}", &format!("{namespace}.{app_id}")).replace("{appID}", app_id)
}

/// The spec's rules, else the contract's.
fn route_rules(over: &document::Subscription, contract: Option<&Subscribes>) -> Vec<RouteRule> {
    let promised = contract.map_or(&[][..], |contract| &contract.rules);
    let written = if over.rules.is_empty() { promised } else { &over.rules };
    let rules = written.iter().filter_map(|rule| {
        let route = rule.route.as_ref()?;
        Some(RouteRule { types: rule.types.iter().map(Fact::from).collect(), route: route.into() })
    });
    rules.collect()
}

/// The routes of the contract; the usual one where it says none, as the handler takes it too.
fn served_routes(subscribes: &Subscribes, topic: &str) -> Vec<Fact<String>> {
    let rules = subscribes.rules.iter().filter_map(|rule| rule.route.as_ref()).map(Fact::from);
    let route = subscribes.route.as_ref().map_or_else(|| Fact::derived(usual_route(topic)), Fact::from);
    std::iter::once(route).chain(rules).collect()
}

fn event_types(subscribes: &Subscribes) -> Vec<String> {
    subscribes.types.iter().map(|kind| kind.value.clone()).collect()
}

fn usual_route(topic: &str) -> String {
    format!("/events/{topic}")
}
