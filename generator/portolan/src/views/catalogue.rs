//! What is known of component types and scalers.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use portolan_pipeline::catalogue::{ComponentEntry, DaprRelease, KedaRelease, Key, ScalerEntry, Status, ValueKind};
use serde::Serialize;

use super::Page;

/// The component types and scalers of one Dapr and one KEDA version.
#[derive(Serialize)]
pub(crate) struct Catalogue<'a> {
    dapr: &'a str,
    keda: &'a str,
    components: Vec<Component<'a>>,
    scalers: Vec<Scaler<'a>>,
}

#[derive(Serialize)]
struct Component<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    version: &'a str,
    status: &'static str,
    aliases: &'a [String],
    capabilities: &'a [String],
    keys: Vec<KeyView<'a>>,
}

#[derive(Serialize)]
struct Scaler<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    keys: Vec<KeyView<'a>>,
}

#[derive(Serialize)]
struct KeyView<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    sensitive: bool,
    deprecated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    allowed: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aliases: &'a [String],
}

impl<'a> Catalogue<'a> {
    /// Everything, or what has one name.
    pub(crate) fn of(dapr: &'a DaprRelease, keda: &'a KedaRelease, kind: Option<&str>) -> Self {
        let wanted = |name: &str, aliases: &[String]| {
            kind.is_none_or(|kind| kind == name || aliases.iter().any(|alias| alias == kind))
        };
        let components = dapr.components().filter(|entry| wanted(&entry.kind, &entry.aliases));
        let scalers = keda.scalers().filter(|entry| wanted(&entry.kind, &[]));
        Self {
            dapr: &dapr.minor,
            keda: &keda.minor,
            components: components.map(|entry| component(dapr, entry)).collect(),
            scalers: scalers.map(scaler).collect(),
        }
    }

    /// Whether nothing has that name.
    pub(crate) fn is_empty(&self) -> bool {
        self.components.is_empty() && self.scalers.is_empty()
    }
}

fn component<'a>(release: &'a DaprRelease, entry: &'a ComponentEntry) -> Component<'a> {
    Component {
        kind: &entry.kind,
        version: &entry.version,
        status: match entry.status {
            Status::DevelopmentOnly => "development-only",
            Status::Alpha => "alpha",
            Status::Beta => "beta",
            Status::Stable => "stable",
        },
        aliases: &entry.aliases,
        capabilities: &entry.capabilities,
        keys: component_keys(release, entry),
    }
}

/// Each key once. What one way to authenticate needs is not required of a component that takes another.
fn component_keys<'a>(release: &'a DaprRelease, entry: &'a ComponentEntry) -> Vec<KeyView<'a>> {
    let mut seen = BTreeSet::new();
    let each = release.keys(entry).filter(|key| seen.insert(&key.name));
    let own = |key: &Key| entry.keys.iter().any(|own| std::ptr::eq(own, key));
    each.map(|found| KeyView { required: found.required && own(found), ..key(found) }).collect()
}

fn scaler(entry: &ScalerEntry) -> Scaler<'_> {
    Scaler { kind: &entry.kind, keys: entry.keys.iter().map(key).collect() }
}

fn key(key: &Key) -> KeyView<'_> {
    KeyView {
        name: &key.name,
        kind: match key.kind {
            ValueKind::String => "string",
            ValueKind::Number => "number",
            ValueKind::Bool => "bool",
            ValueKind::Duration => "duration",
            ValueKind::ByteSize => "bytesize",
        },
        required: key.required,
        sensitive: key.sensitive,
        deprecated: key.deprecated,
        default: key.default.as_deref(),
        allowed: &key.allowed,
        aliases: &key.aliases,
    }
}

/// A line a type; with `whole`, also a line a key.
pub(crate) fn show(catalogue: &Catalogue<'_>, whole: bool, to: &mut Page<'_>) -> io::Result<()> {
    for component in &catalogue.components {
        writeln!(to, "{}/{}  Dapr {}, {}", component.kind, component.version, catalogue.dapr, component.status)?;
        show_keys(&component.keys, whole, to)?;
    }
    for scaler in &catalogue.scalers {
        writeln!(to, "{}  scaler, KEDA {}", scaler.kind, catalogue.keda)?;
        show_keys(&scaler.keys, whole, to)?;
    }
    Ok(())
}

fn show_keys(keys: &[KeyView<'_>], whole: bool, to: &mut Page<'_>) -> io::Result<()> {
    for key in keys.iter().filter(|_| whole) {
        let words = [(key.required, "required"), (key.sensitive, "secret"), (key.deprecated, "deprecated")];
        let words = words.iter().filter(|(holds, _)| *holds).map(|(_, word)| format!(", {word}"));
        let default = key.default.map(|default| format!(", default {default}"));
        let allowed = (!key.allowed.is_empty()).then(|| format!(", one of {}", key.allowed.join(" ")));
        let about: String = words.chain(default).chain(allowed).collect();
        writeln!(to, "  {}: {}{about}", key.name, key.kind)?;
    }
    Ok(())
}
