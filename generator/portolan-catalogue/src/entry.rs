//! The shape of the data. What is usual is left out: a key without a type is a text, and one without a word more is optional.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// One key of metadata.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the data")]
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) name: String,
    /// `number`, `bool`, `duration`, `bytesize`; a text where nothing is said.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) sensitive: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) exact_case: bool,
    /// `prefix`, `suffix` or `any`: the name stands for all that begin or end so, or for every name.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub(crate) matches: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) deprecated: bool,
    /// `input` or `output`, for keys that only one side of a binding reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<String>,
    /// Read by the code, and not in upstream's own metadata.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) undocumented: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) from_env: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) trigger_metadata: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) authentication: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) separator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

/// One way to authenticate, with the keys that it takes.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The keys that several types have in common, by the name of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shared: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) keys: Vec<Key>,
}

/// Which scaler counts what waits for a component, and from what its keys are filled.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LagTrigger {
    pub(crate) scaler: String,
    /// The scaler's key, and the component's key or `$topic`, `$group`, `$app` that its value comes from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) keys: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

/// A component type.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Component {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) version: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<String>,
    pub(crate) status: String,
    /// The smallest build of daprd that registers it: `stable` or `all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) daprd: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) capabilities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lag_trigger: Option<LagTrigger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    pub(crate) keys: Vec<Key>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) profiles: Vec<Profile>,
}

/// A scaler.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scaler {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) deprecated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    pub(crate) keys: Vec<Key>,
}

impl Key {
    /// Whether the key is known by that name, in whatever capitals.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }

    /// Whether the two say something of the same key.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.has_name(&other.name) || other.aliases.iter().any(|alias| self.has_name(alias))
    }

    /// Takes up names that are not known yet.
    pub(crate) fn add_aliases<'a>(&mut self, names: impl IntoIterator<Item = &'a String>) {
        for name in names {
            if !self.has_name(name) {
                self.aliases.push(name.clone());
            }
        }
    }
}

impl Component {
    /// All keys, those of the profiles last.
    pub(crate) fn all_keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().chain(self.profiles.iter().flat_map(|profile| &profile.keys))
    }

    /// All keys, to be changed.
    pub(crate) fn all_keys_mut(&mut self) -> impl Iterator<Item = &mut Key> {
        self.keys.iter_mut().chain(self.profiles.iter_mut().flat_map(|profile| &mut profile.keys))
    }
}
