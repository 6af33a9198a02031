use std::collections::BTreeMap;

use super::resolver::{Resolver, unique};
use crate::model::{
    Addresses, Broker, Component, ComponentName, ComponentType, Encryption, Fact, MetadataItem, Secret, SecretName,
    Service, ServiceName, Subscription, Topic, TopicName,
};
use crate::source::Span;
use crate::spec::contract::Delivery;
use crate::spec::{Located, Setting, document};

/// The secret store that Dapr's operator reads for every component (`auth.secretStore`).
const BUILT_IN_SECRET_STORE: &str = "kubernetes";
/// One group for each replica: Dapr fills the templates in.
const BROADCAST_GROUP: &str = "{appID}-{podName}";

impl Resolver<'_> {
    /// The components as the document declares them; who uses them follows from the services.
    pub(super) fn components(
        &mut self,
        topics: &BTreeMap<TopicName, Topic>,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> BTreeMap<ComponentName, Component> {
        let document = self.document;
        let buses = document.components.iter().filter(|(_, component)| is_bus(component)).count();
        let mut components = BTreeMap::new();
        for (name, written) in &document.components {
            if let Some(component) = self.component(name, written, topics, secrets, buses == 1) {
                components.insert(component.name.clone(), component);
            }
        }
        components
    }

    fn component(
        &mut self,
        name: &Located<String>,
        written: &document::Component,
        topics: &BTreeMap<TopicName, Topic>,
        secrets: &BTreeMap<SecretName, Secret>,
        only_bus: bool,
    ) -> Option<Component> {
        let Some(kind) = &written.kind else {
            self.missing(name.at, format!("component `{}` has no type", name.value), "add `type: BLOCK.NAME`");
            return None;
        };
        let kind = Fact::written_at(component_type(&kind.value), kind.at);
        let carries = self.carries(written, topics, only_bus && is_bus(written));
        let broker = kind.value.is_kafka().then(|| self.broker(name, written, secrets));
        let path = format!("components.{}.secretStore", name.value);
        let secret_store = self.or_default(written.secret_store.as_ref(), &path, BUILT_IN_SECRET_STORE.to_owned());
        for (_, setting) in &written.metadata {
            if let Setting::Secret(key) = &setting.value {
                self.secret_reference(secrets, key, setting.at);
            }
        }
        let mut metadata =
            broker.as_ref().map_or_else(Vec::new, |broker| kafka_metadata(broker, largest(&carries, topics)));
        override_metadata(&mut metadata, written);
        Some(Component {
            name: name.value.as_str().into(),
            at: name.at,
            kind,
            metadata,
            scopes: Vec::new(),
            scopes_at: written.scopes.as_ref().map(|scopes| scopes.first().map_or(name.at, |first| first.at)),
            users: Vec::new(),
            secret_store,
            ignore_errors: written.ignore_errors.as_ref().map(Fact::from),
            init_timeout: written.init_timeout.as_ref().map(Fact::from),
            carries,
            broker,
            broadcast_of: None,
        })
        .map(|component| with_written_scopes(component, written))
    }

    fn carries(
        &mut self,
        written: &document::Component,
        topics: &BTreeMap<TopicName, Topic>,
        all: bool,
    ) -> Vec<TopicName> {
        if written.carries.is_empty() && all {
            return topics.keys().cloned().collect();
        }
        let mut carried = Vec::new();
        for topic in &written.carries {
            match topics.get(topic.value.as_str()) {
                Some(known) => {
                    carried.extend(std::iter::once(known.name.clone()).chain(dead_letters_of(known, topics)));
                }
                None => self.dangling(crate::model::Reference::Topic, &topic.value, topic.at),
            }
        }
        carried.sort();
        carried.dedup();
        carried
    }
}

fn dead_letters_of(topic: &Topic, topics: &BTreeMap<TopicName, Topic>) -> Option<TopicName> {
    topic.dead_letter.as_ref().filter(|target| topics.contains_key(&target.value)).map(|target| target.value.clone())
}

fn is_bus(component: &document::Component) -> bool {
    component.kind.as_ref().is_some_and(|kind| component_type(&kind.value).block() == "pubsub")
}

fn component_type(text: &str) -> ComponentType {
    let (name, version) = text.split_once('/').unwrap_or((text, "v1"));
    ComponentType { name: name.to_owned(), version: version.to_owned() }
}

fn with_written_scopes(mut component: Component, written: &document::Component) -> Component {
    component.scopes =
        written.scopes.iter().flatten().map(|scope| Fact::written_at(scope.value.as_str().into(), scope.at)).collect();
    component
}

fn largest(carries: &[TopicName], topics: &BTreeMap<TopicName, Topic>) -> Option<Fact<u32>> {
    let sizes = carries.iter().filter_map(|name| topics.get(name)).map(|topic| &topic.max_message);
    sizes.max_by_key(|size| size.value).map(|size| size.clone().map(crate::spec::Size::as_bytes))
}

/// What pubsub.kafka wants to know, from the one broker.
fn kafka_metadata(broker: &Broker, max_message: Option<Fact<u32>>) -> Vec<MetadataItem> {
    let mut metadata = vec![item("brokers", brokers_setting(&broker.addresses))];
    metadata.extend(authentication_metadata(broker));
    metadata.extend(encryption_metadata(broker));
    // Oldest, or a group that is born after the first event never sees it.
    metadata.push(item("initialOffset", Fact::derived(plain("oldest"))));
    metadata.extend(max_message.map(|size| item("maxMessageBytes", size.map(|bytes| plain(&bytes.to_string())))));
    metadata
}

fn brokers_setting(addresses: &Addresses) -> Fact<Setting> {
    match addresses {
        Addresses::Secret { key, .. } => key.clone().map(Setting::Secret),
        Addresses::Listed(endpoints) => {
            let list: Vec<String> = endpoints.iter().map(|endpoint| endpoint.value.to_string()).collect();
            Fact { value: plain(&list.join(",")), at: endpoints.first().and_then(|endpoint| endpoint.at) }
        }
    }
}

/// `certificate` is TLS without a user, and Dapr takes it only with an authority; `none` turns TLS off.
fn without_a_user(encryption: &Fact<Encryption>) -> Fact<Setting> {
    match &encryption.value {
        Encryption::Tls { ca: Some(_) } => Fact { value: plain("certificate"), at: encryption.at },
        _ => Fact::derived(plain("none")),
    }
}

fn authentication_metadata(broker: &Broker) -> Vec<MetadataItem> {
    let Some(credentials) = &broker.credentials else {
        return vec![item("authType", without_a_user(&broker.encryption))];
    };
    vec![
        item("authType", Fact { value: plain("password"), at: credentials.sasl.at }),
        item("saslUsername", credentials.username.clone().map(Setting::Secret)),
        item("saslPassword", credentials.password.clone().map(Setting::Secret)),
        item("saslMechanism", credentials.sasl.clone().map(|sasl| plain(sasl.dapr()))),
    ]
}

/// Dapr encrypts unless told otherwise, or unless `authType` is none.
fn encryption_metadata(broker: &Broker) -> Vec<MetadataItem> {
    let encryption = &broker.encryption;
    match &encryption.value {
        Encryption::Off if broker.credentials.is_none() => Vec::new(),
        Encryption::Off => vec![item("disableTls", Fact { value: plain("true"), at: encryption.at })],
        Encryption::Tls { ca: None } => Vec::new(),
        Encryption::Tls { ca: Some(ca) } => {
            vec![item("caCert", Fact { value: Setting::Secret(ca.clone()), at: encryption.at })]
        }
    }
}

fn item(key: &str, value: Fact<Setting>) -> MetadataItem {
    MetadataItem { key: key.to_owned(), key_at: None, value }
}

fn plain(text: &str) -> Setting {
    Setting::Plain(text.to_owned())
}

/// The spec's word wins over what portolan derives.
fn override_metadata(metadata: &mut Vec<MetadataItem>, written: &document::Component) {
    for (key, setting) in &written.metadata {
        let item = MetadataItem { key: key.value.clone(), key_at: Some(key.at), value: setting.into() };
        match metadata.iter_mut().find(|known| known.key == item.key) {
            Some(known) => *known = item,
            None => metadata.push(item),
        }
    }
}

/// Who uses each component, and a component of its own for every service that sees each event in every replica.
pub(super) fn assign_users(
    components: &mut BTreeMap<ComponentName, Component>,
    services: &BTreeMap<ServiceName, Service>,
) {
    for service in services.values().filter(|service| service.has_sidecar()) {
        add_broadcast_components(components, service);
        for (name, at) in used_by(service) {
            if let Some(component) = components.get_mut(&name) {
                component.users.push(Fact { value: service.app_id.value.clone(), at });
            }
        }
    }
    for component in components.values_mut() {
        component.users = unique(std::mem::take(&mut component.users), |user| user.value.clone());
        if component.scopes_at.is_none() {
            component.scopes.clone_from(&component.users);
        }
    }
}

fn used_by(service: &Service) -> Vec<(ComponentName, Option<Span>)> {
    let subscribed =
        service.subscriptions.iter().map(|subscription| (subscription.component.clone(), Some(subscription.at)));
    let published = service.publishes.iter().map(|publication| (publication.component.clone(), Some(publication.at)));
    let used = service.uses.iter().map(|used| (used.value.clone(), used.at));
    subscribed.chain(published).chain(used).collect()
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
        broker: base.broker.clone(),
        broadcast_of: Some(base.name.clone()),
    }
}
