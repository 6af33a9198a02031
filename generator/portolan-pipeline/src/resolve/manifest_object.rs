use crate::model::{Component, ComponentType, Fact, ManifestObject, MetadataItem};
use crate::spec::{Kind, ManifestDocument, Node, SecretKey, Setting};

/// What every object says of itself, and what only a component of Dapr's does.
pub(super) fn manifest_object(document: ManifestDocument) -> ManifestObject {
    let node = document.node;
    let metadata = node.entry("metadata");
    let name = metadata.and_then(|metadata| text(metadata, "name"));
    let (api_version, kind) = (text(&node, "apiVersion"), text(&node, "kind"));
    let is_component = kind.as_ref().is_some_and(|kind| kind.value == "Component")
        && api_version.as_ref().is_some_and(|version| version.value.starts_with("dapr.io/"));
    ManifestObject {
        at: name.as_ref().or(kind.as_ref()).and_then(|written| written.at).unwrap_or(node.at),
        component: name.as_ref().filter(|_| is_component).and_then(|name| component(&node, name)),
        namespace: metadata.and_then(|metadata| text(metadata, "namespace")),
        api_version,
        kind,
        name,
        text: document.text,
        node,
    }
}

fn component(node: &Node, name: &Fact<String>) -> Option<Component> {
    let spec = node.entry("spec")?;
    let kind = text(spec, "type")?;
    let version = text(spec, "version").map_or_else(|| "v1".to_owned(), |version| version.value);
    let items = match &spec.entry("metadata")?.kind {
        Kind::List(items) => items.iter().filter_map(item).collect(),
        _ => Vec::new(),
    };
    Some(Component {
        name: name.value.as_str().into(),
        at: node.at,
        kind: Fact { value: ComponentType { name: kind.value, version }, at: kind.at },
        metadata: items,
        scopes: Vec::new(),
        scopes_at: None,
        users: Vec::new(),
        secret_store: Fact::derived("kubernetes".to_owned()),
        ignore_errors: None,
        init_timeout: None,
        carries: Vec::new(),
        listed: Vec::new(),
        broker: None,
        broadcast_of: None,
    })
}

fn item(node: &Node) -> Option<MetadataItem> {
    let key = text(node, "name")?;
    let value = match (text(node, "value"), node.entry("secretKeyRef")) {
        (Some(value), _) => value.map(Setting::Plain),
        (None, Some(reference)) => {
            let part = |field| text(reference, field).map_or_else(String::new, |part| part.value);
            Fact::written_at(Setting::Secret(SecretKey { secret: part("name"), key: part("key") }), reference.at)
        }
        // It comes from the environment, or there is none.
        (None, None) => Fact::written_at(Setting::Plain(String::new()), node.at),
    };
    Some(MetadataItem { key_at: key.at, key: key.value, value })
}

fn text(node: &Node, field: &str) -> Option<Fact<String>> {
    let found = node.entry(field)?;
    Some(Fact::written_at(found.text()?.to_owned(), found.at))
}
