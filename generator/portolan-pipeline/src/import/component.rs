//! Dapr's Components.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::draft::{Component, Draft, Fields, metadata, setting};
use super::kafka::import_kafka;
use super::object::Object;
use super::plain::{is_component_secret, is_header_secret};
use super::report::{Log, PlainSecret};
use crate::spec::node::Node;

/// The store that references are read from unless a component says another one.
const USUAL_STORE: &str = "kubernetes";
/// The group that a copy for broadcast has.
const BROADCAST_GROUP: &str = "{appID}-{podName}";

/// One key of metadata: its name and what it is, plain or `{ secret: … }`.
pub(super) type Items = Vec<(String, Value)>;

pub(super) fn import_components(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let components: BTreeMap<&str, &Object> = objects
        .iter()
        .filter(|object| object.kind == "Component" && object.group == "dapr.io")
        .map(|object| (object.name.as_str(), object))
        .collect();
    for (name, object) in &components {
        if let Some((original, app)) = copy_of(name, object, &components) {
            let service = draft.name_of(&app);
            if format!("{original}-{service}") == **name {
                draft.copies.insert((*name).to_owned(), (original, service));
                continue;
            }
        }
        let component = import_component(object, draft, log);
        draft.components.insert((*name).to_owned(), component);
    }
}

/// Whether a component repeats another one for the replicas of one app.
fn copy_of(name: &str, object: &Object, all: &BTreeMap<&str, &Object>) -> Option<(String, String)> {
    let scopes = object.node.words_at(&["scopes"]);
    let [app] = scopes.as_slice() else { return None };
    let original = all.keys().find(|other| name.strip_prefix(**other).is_some_and(|rest| rest.starts_with('-')))?;
    let group = object.node.list_at(&["spec", "metadata"]).iter().find(|item| {
        item.scalar_at(&["name"]) == Some("consumerGroup") && item.scalar_at(&["value"]) == Some(BROADCAST_GROUP)
    });
    group.map(|_| ((*original).to_owned(), app.clone()))
}

fn import_component(object: &Object, draft: &mut Draft, log: &mut Log) -> Component {
    let node = &object.node;
    let kind = node.scalar_at(&["spec", "type"]).unwrap_or_default();
    let version = node.scalar_at(&["spec", "version"]).unwrap_or("v1");
    let mut component = Component { is_bus: kind.starts_with("pubsub."), ..Component::default() };
    let written = if version == "v1" { kind.to_owned() } else { format!("{kind}/{version}") };
    component.fields.insert("type".to_owned(), json!(written));
    let items = import_metadata(object, kind, version, draft, log);
    if kind == "pubsub.kafka" {
        import_kafka(&items, &mut component);
    } else {
        for (name, value) in items {
            metadata(&mut component.fields).insert(name, value);
        }
    }
    let store = node.scalar_at(&["auth", "secretStore"]).filter(|store| *store != USUAL_STORE);
    let flag = node.at_path(&["spec", "ignoreErrors"]).filter(|flag| flag.is_true()).map(|_| json!(true));
    let more = [
        ("secretStore", store.map(|store| json!(store))),
        ("ignoreErrors", flag),
        ("initTimeout", node.duration_at(&["spec", "initTimeout"])),
    ];
    component.fields.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    let scopes = node.words_at(&["scopes"]);
    component.scopes = Some(scopes).filter(|scopes| !scopes.is_empty());
    component
}

/// Headers and the like, each a name with a value or a reference; a secret in plain becomes a key of `secret`.
pub(super) fn named_settings(
    object: &Object,
    items: &[Node],
    secret: &str,
    draft: &mut Draft,
    log: &mut Log,
) -> Fields {
    let mut settings = Fields::new();
    for item in items {
        let Some(name) = item.scalar_at(&["name"]) else { continue };
        let value = if let Some((secret, key)) = reference(item.entry("secretKeyRef")) {
            draft.reference(&secret, &key)
        } else {
            let Some(value) = item.entry("value") else { continue };
            let text = value.text().unwrap_or_default();
            if is_header_secret(name, text) {
                log.secrets.push(PlainSecret {
                    place: object.place(value.at),
                    object: object.title(),
                    field: name.to_owned(),
                    reference: format!("{secret}/{name}"),
                });
                draft.reference(secret, name)
            } else {
                json!(text)
            }
        };
        settings.insert(name.to_owned(), value);
    }
    settings
}

/// The metadata; a secret in plain becomes a reference to a secret that is called after the component.
fn import_metadata(object: &Object, kind: &str, version: &str, draft: &mut Draft, log: &mut Log) -> Items {
    let mut items = Items::new();
    for item in object.node.list_at(&["spec", "metadata"]) {
        let Some(name) = item.scalar_at(&["name"]) else { continue };
        if let Some((secret, key)) = reference(item.entry("secretKeyRef")) {
            items.push((name.to_owned(), draft.reference(&secret, &key)));
        } else if let Some(value) = item.entry("value") {
            let Some(text) = value.text() else { continue };
            if is_component_secret(kind, version, name, text) {
                log.secrets.push(PlainSecret {
                    place: object.place(value.at),
                    object: object.title(),
                    field: name.to_owned(),
                    reference: format!("{}/{name}", object.name),
                });
                items.push((name.to_owned(), draft.reference(&object.name, name)));
            } else {
                items.push((name.to_owned(), setting(text)));
            }
        }
    }
    items
}

/// A `secretKeyRef`; its key is the secret's name where it names none, as Dapr reads it.
pub(super) fn reference(node: Option<&Node>) -> Option<(String, String)> {
    let node = node?;
    let secret = node.scalar_at(&["name"])?;
    let key = node.scalar_at(&["key"]).unwrap_or(secret);
    // A name or a key with a slash, as other stores than Kubernetes' have, is no reference of the spec.
    (!secret.is_empty() && !secret.contains('/') && !key.is_empty() && !key.contains('/'))
        .then(|| (secret.to_owned(), key.to_owned()))
}
