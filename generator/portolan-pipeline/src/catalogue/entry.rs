use std::collections::BTreeMap;

use serde::Deserialize;

/// The component types of one Dapr minor version.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DaprRelease {
    /// `1.18`.
    pub minor: String,
    /// The release that a cluster of this minor version is pinned to where the spec names none.
    pub release: String,
    runtime_keys: BTreeMap<String, Vec<Key>>,
    components: Vec<ComponentEntry>,
}

/// The scalers of one KEDA minor version.
#[derive(Debug, Deserialize)]
pub struct KedaRelease {
    /// `2.21`.
    pub minor: String,
    /// The release that a cluster of this minor version is pinned to where the spec names none.
    pub release: String,
    scalers: Vec<ScalerEntry>,
}

/// A component type.
#[derive(Debug, Deserialize)]
pub struct ComponentEntry {
    /// `pubsub.kafka`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `v1`.
    pub version: String,
    #[serde(default)]
    aliases: Vec<String>,
    keys: Vec<Key>,
    #[serde(default)]
    profiles: Vec<Profile>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    keys: Vec<Key>,
}

/// A scaler.
#[derive(Debug, Deserialize)]
pub struct ScalerEntry {
    /// `kafka`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What its trigger and its authentication can say.
    pub keys: Vec<Key>,
}

/// One key of metadata.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// As it is written.
    pub name: String,
    /// Whether the value is a secret.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether another spelling in capitals is another key.
    #[serde(default)]
    pub exact_case: bool,
    /// Other names that are read as well.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether `<name>FromEnv` is read (scalers).
    #[serde(default)]
    pub from_env: bool,
    /// Whether it may stand in a trigger's metadata (scalers).
    #[serde(default)]
    pub trigger_metadata: bool,
}

impl DaprRelease {
    /// A component type by type or alias, and version.
    pub fn component(&self, kind: &str, version: &str) -> Option<&ComponentEntry> {
        let named = |entry: &&ComponentEntry| entry.kind == kind || entry.aliases.iter().any(|alias| alias == kind);
        self.components.iter().find(|entry| entry.version == version && named(entry))
    }

    /// All keys that a component of this type can have: its own, and those that the runtime reads of its building block.
    pub fn keys<'a>(&'a self, entry: &'a ComponentEntry) -> impl Iterator<Item = &'a Key> + Clone {
        let block = entry.kind.split('.').next().unwrap_or_default();
        let runtime = self.runtime_keys.get(block).into_iter().chain(self.runtime_keys.get("all")).flatten();
        let profiles = entry.profiles.iter().flat_map(|profile| &profile.keys);
        entry.keys.iter().chain(profiles).chain(runtime)
    }
}

impl KedaRelease {
    /// A scaler by its type.
    pub fn scaler(&self, kind: &str) -> Option<&ScalerEntry> {
        self.scalers.iter().find(|entry| entry.kind == kind)
    }
}

impl Key {
    /// Whether this key is meant by a name as it stands in metadata.
    pub fn is_named(&self, written: &str) -> bool {
        let same = |name: &String| if self.exact_case { name == written } else { name.eq_ignore_ascii_case(written) };
        same(&self.name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(written))
    }

    /// Whether a trigger's metadata may hold this name. KEDA's names are case-sensitive.
    pub fn is_trigger_key(&self, written: &str) -> bool {
        let from_env = self.from_env && written.strip_suffix("FromEnv") == Some(self.name.as_str());
        from_env || (self.trigger_metadata && self.name == written)
    }
}
