use std::collections::BTreeMap;

use serde::Deserialize;

use super::key::Key;
use super::release::Lines;

/// The component types of one Dapr minor version.
#[derive(Debug)]
pub struct DaprRelease {
    /// `1.18`.
    pub minor: String,
    /// The release that a cluster of this minor version is pinned to where the spec names none.
    pub release: String,
    /// The module that was read, with its version.
    pub source: String,
    runtime_keys: BTreeMap<String, Vec<Key>>,
    shared: BTreeMap<String, Vec<Key>>,
    /// Types and aliases, each with the versions and lines of it.
    places: BTreeMap<String, Vec<(String, usize)>>,
    lines: Lines<ComponentEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    source: String,
    minor: String,
    release: String,
    index: Vec<Row>,
    runtime_keys: BTreeMap<String, Vec<Key>>,
    shared: BTreeMap<String, Vec<Key>>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "type")]
    kind: String,
    version: String,
    #[serde(default)]
    aliases: Vec<String>,
}

/// A component type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComponentEntry {
    /// `pubsub.kafka`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `v1`.
    pub version: String,
    /// The other names that daprd registers it under.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How far it is.
    pub status: Status,
    /// The builds of daprd that register it; none where it is in no build.
    #[serde(default)]
    pub daprd: Option<Build>,
    /// What it can do, in Dapr's words; for bindings `input`, `output` and the operations.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Which scaler counts what waits for it.
    #[serde(default)]
    pub lag_trigger: Option<LagTrigger>,
    /// What else there is to know, in a few words.
    #[serde(default)]
    pub note: Option<String>,
    /// The keys that count whatever the authentication is.
    pub keys: Vec<Key>,
    /// The ways to authenticate.
    #[serde(default)]
    pub profiles: Vec<Profile>,
}

/// How far a component type is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// For trying out on one machine.
    DevelopmentOnly,
    /// May change or go.
    Alpha,
    /// Nearly there.
    Beta,
    /// Kept.
    Stable,
}

/// A build of daprd.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Build {
    /// The build with stable components, and every other.
    Stable,
    /// The build with all components, which is the one of the images.
    All,
}

/// One way to authenticate.
#[derive(Debug, Deserialize)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    #[serde(default)]
    shared: Option<String>,
    #[serde(default)]
    keys: Vec<Key>,
}

/// The scaler that counts what waits for a component.
#[derive(Debug, Deserialize)]
pub struct LagTrigger {
    /// `kafka`.
    pub scaler: String,
    /// The scaler's key, and the component's key that its value comes from. `$topic`, `$group` and `$app` stand for the
    /// subscription's topic, the component's consumer group and the app id, also as parts of a text.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// What differs between the two, in a few words.
    #[serde(default)]
    pub note: Option<String>,
}

impl DaprRelease {
    pub(super) fn read(text: &'static str) -> Self {
        let (header, lines): (Header, _) = Lines::split(text);
        let mut places: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
        for (place, row) in header.index.into_iter().enumerate() {
            for name in row.aliases.into_iter().chain([row.kind]) {
                places.entry(name).or_default().push((row.version.clone(), place));
            }
        }
        let Header { source, minor, release, runtime_keys, shared, .. } = header;
        Self { minor, release, source, runtime_keys, shared, places, lines }
    }

    /// A component type by type or alias, and version.
    pub fn component(&self, kind: &str, version: &str) -> Option<&ComponentEntry> {
        let (_, place) = self.places.get(kind)?.iter().find(|(known, _)| known == version)?;
        self.lines.get(*place)
    }

    /// The versions of a type or alias.
    pub fn versions(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.places.get(kind).into_iter().flatten().map(|(version, _)| version.as_str())
    }

    /// Every name that a component's type can be, aliases among them.
    pub fn types(&self) -> impl Iterator<Item = &str> + Clone {
        self.places.keys().map(String::as_str)
    }

    /// Every component type, by type and version.
    pub fn components(&self) -> impl Iterator<Item = &ComponentEntry> {
        self.lines.all()
    }

    /// All keys that a component of this type can have: its own, and those that the runtime reads of its building block.
    pub fn keys<'a>(&'a self, entry: &'a ComponentEntry) -> impl Iterator<Item = &'a Key> + Clone {
        let runtime = self.runtime_keys.get(entry.block()).into_iter().flatten();
        entry.keys.iter().chain(entry.profiles.iter().flat_map(|profile| self.profile_keys(profile))).chain(runtime)
    }

    /// The keys of one way to authenticate. What a profile says itself wins over what it shares.
    pub fn profile_keys<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = &'a Key> + Clone {
        let shared = profile.shared.as_ref().and_then(|name| self.shared.get(name)).into_iter().flatten();
        profile.keys.iter().chain(shared.filter(|key| !profile.keys.iter().any(|own| own.name == key.name)))
    }
}

impl ComponentEntry {
    /// The building block: `pubsub`, `state`, `bindings`, `middleware`, …
    pub fn block(&self) -> &str {
        self.kind.split('.').next().unwrap_or_default()
    }

    /// Whether it can do something.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }

    /// Whether bulk subscriptions are its own; otherwise the runtime gathers single messages.
    pub fn has_native_bulk(&self) -> bool {
        self.can("bulkSubscribe")
    }
}
