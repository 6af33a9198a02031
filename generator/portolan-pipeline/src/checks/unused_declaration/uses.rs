use std::collections::BTreeSet;

use crate::model::{
    Addresses, Broker, Component, ComponentName, Encryption, External, Service, Stack, TopicName, Tracing,
};
use crate::spec::{Kind, Node, SecretKey, Setting};

/// All that something in the stack refers to.
pub(super) struct Uses<'a> {
    pub(super) topics: BTreeSet<&'a TopicName>,
    pub(super) keys: BTreeSet<&'a SecretKey>,
    components: BTreeSet<&'a str>,
    /// Whether some service reads a secret; its store is used then, now or in another mode.
    reads_secrets: bool,
}

impl<'a> Uses<'a> {
    pub(super) fn of(stack: &'a Stack) -> Self {
        let reads_secrets = stack.services.values().any(|service| !service.secrets.is_empty());
        let mut uses =
            Self { topics: BTreeSet::new(), keys: BTreeSet::new(), components: BTreeSet::new(), reads_secrets };
        uses.topics
            .extend(stack.topics.values().filter_map(|topic| topic.dead_letter.as_ref()).map(|target| &target.value));
        stack.services.values().for_each(|service| uses.add_service(service));
        stack.components.values().for_each(|component| uses.add_component(component));
        uses.keys.extend(stack.tracing.iter().flat_map(Tracing::keys));
        uses.keys.extend(stack.externals.values().flat_map(External::keys));
        uses
    }

    pub(super) fn has_key(&self, secret: &str, key: &str) -> bool {
        self.keys.contains(&SecretKey { secret: secret.to_owned(), key: key.to_owned() })
    }

    /// Some are used without being named: by scopes of the spec's own, by a Configuration, or by the outside.
    pub(super) fn has_component(&self, component: &Component) -> bool {
        let by_itself = match component.kind.value.block() {
            "middleware" => true,
            "bindings" => component.plain("direction").is_none_or(|direction| direction.contains("input")),
            "state" => component.plain("actorStateStore").is_some(),
            "secretstores" => self.reads_secrets,
            _ => false,
        };
        let named = self.components.contains(component.name.as_str()) || component.broadcast_of.is_some();
        named || by_itself || !component.scopes.is_empty()
    }

    fn add_service(&mut self, service: &'a Service) {
        for subscription in &service.subscriptions {
            self.topics.insert(&subscription.topic);
        }
        for publication in &service.publishes {
            self.topics.insert(&publication.topic);
        }
        self.components.extend(service.components().map(|(name, _)| name.as_str()));
        let counted = service.scale.triggers.iter().flat_map(|trigger| &trigger.authentication);
        self.keys.extend(counted.map(|parameter| &parameter.key.value));
        self.keys.extend([&service.app_token, &service.api_token].into_iter().flatten().map(|token| &token.value));
        self.keys.extend(service.secrets.iter().map(|key| &key.value));
        self.keys.extend(service.env.iter().filter_map(|(_, value)| as_key(&value.value)));
    }

    fn add_component(&mut self, component: &'a Component) {
        self.components.insert(component.secret_store.value.as_str());
        self.components.extend(component.broadcast_of.as_ref().map(ComponentName::as_str));
        for key in ["outboxPublishPubsub", "outboxPubsub"] {
            self.components.extend(component.plain(key));
        }
        self.keys.extend(component.metadata.iter().filter_map(|item| as_key(&item.value.value)));
        if let Some(broker) = &component.broker {
            self.add_broker(broker);
        }
    }

    fn add_broker(&mut self, broker: &'a Broker) {
        if let Addresses::Secret { key, .. } = &broker.addresses {
            self.keys.insert(&key.value);
        }
        if let Encryption::Tls { ca: Some(ca) } = &broker.encryption.value {
            self.keys.insert(ca);
        }
        if let Some(credentials) = &broker.credentials {
            self.keys.extend([&credentials.username.value, &credentials.password.value]);
            self.keys.extend(credentials.mechanism.as_ref().map(|key| &key.value));
        }
    }
}

/// Every value in the manifests that somebody wrote by hand.
pub(super) fn words_of_manifests(stack: &Stack) -> BTreeSet<&str> {
    let mut words = BTreeSet::new();
    for object in stack.manifests.iter().flat_map(|manifest| &manifest.objects) {
        words_of(&object.node, &mut words);
    }
    words
}

fn words_of<'a>(node: &'a Node, words: &mut BTreeSet<&'a str>) {
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar { text, .. } => words.extend([text.as_str()]),
        Kind::List(items) => items.iter().for_each(|item| words_of(item, words)),
        Kind::Map(entries) => entries.iter().for_each(|(_, value)| words_of(value, words)),
    }
}

fn as_key(setting: &Setting) -> Option<&SecretKey> {
    match setting {
        Setting::Secret(key) => Some(key),
        Setting::Plain(_) => None,
    }
}
