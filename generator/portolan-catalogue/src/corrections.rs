//! What was found by hand, in `corrections/`: each with the types that it is about and the upstream file that it was read in.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::entry::{Component, Key, LagTrigger, Profile, Scaler};

/// One correction.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Correction {
    /// Types, with `@version` where one version is meant; `*` at the end stands for every ending.
    pub(crate) types: Vec<String>,
    /// The minor versions that it is about; all where none is named.
    pub(crate) versions: Vec<String>,
    /// The upstream file that says so.
    pub(crate) source: String,
    /// What upstream's own metadata has wrong, in a few words.
    pub(crate) what: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) capabilities: Vec<String>,
    pub(crate) lag_trigger: Option<LagTrigger>,
    pub(crate) note: Option<String>,
    /// Laid over keys that the type has. What is not said stays.
    pub(crate) keys: Vec<Overlay>,
    /// Keys that neither metadata nor code show.
    pub(crate) adds: Vec<Key>,
    /// Names that are no keys of the component.
    pub(crate) removes: Vec<String>,
    /// Instead of all profiles; keys that only those had stay, at no profile.
    pub(crate) profiles: Option<Vec<Profile>>,
    /// Beside the profiles.
    pub(crate) adds_profiles: Vec<Profile>,
}

/// What a correction says of a key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Overlay {
    names: Vec<String>,
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    required: Option<bool>,
    default: Option<String>,
    allowed: Option<Vec<String>>,
    sensitive: Option<bool>,
    exact_case: Option<bool>,
    #[serde(rename = "match")]
    matches: Option<String>,
    aliases: Option<Vec<String>>,
    deprecated: Option<bool>,
    from_env: Option<bool>,
    trigger_metadata: Option<bool>,
    authentication: Option<bool>,
    separator: Option<String>,
    note: Option<String>,
}

/// The corrections of one folder, file by file.
pub(crate) fn read(folder: &str) -> Result<Vec<Correction>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corrections").join(folder);
    let mut files: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let corrections: Vec<Correction> = serde_yaml::from_str(&text).with_context(|| file.display().to_string())?;
        if let Some(without) =
            corrections.iter().find(|correction| correction.source.is_empty() || correction.types.is_empty())
        {
            bail!("{}: a correction without source or types: {without:?}", file.display());
        }
        all.extend(corrections);
    }
    Ok(all)
}

impl Correction {
    fn is_about(&self, kind: &str, version: &str, minor: &str) -> bool {
        let meant = |pattern: &String| {
            let (name, of) = pattern.split_once('@').unwrap_or((pattern, version));
            of == version && name.strip_suffix('*').map_or(name == kind, |begins| kind.starts_with(begins))
        };
        (self.versions.is_empty() || self.versions.iter().any(|known| known == minor)) && self.types.iter().any(meant)
    }

    /// Whether it names a type, rather than all that begin alike: then it has to find what it speaks of.
    fn is_certain(&self) -> bool {
        self.types.iter().all(|pattern| !pattern.ends_with('*'))
    }

    /// Corrects a component type. What it says of a key that this version has not, it says in vain.
    pub(crate) fn apply(&self, component: &mut Component, minor: &str) {
        if !self.is_about(&component.kind, &component.version, minor) {
            return;
        }
        add_missing(&mut component.aliases, &self.aliases);
        add_missing(&mut component.capabilities, &self.capabilities);
        component.lag_trigger = self.lag_trigger.clone().or(component.lag_trigger.take());
        component.note = self.note.clone().or(component.note.take());
        if let Some(profiles) = &self.profiles {
            let gone = std::mem::replace(&mut component.profiles, profiles.clone());
            for key in gone.into_iter().flat_map(|profile| profile.keys) {
                if !component.all_keys().any(|known| known.meets(&key)) {
                    component.keys.push(Key { required: false, ..key });
                }
            }
        }
        component.profiles.extend(self.adds_profiles.iter().cloned());
        component.keys.retain(|key| !self.removes.contains(&key.name));
        for key in &self.adds {
            if !component.keys.iter().any(|known| known.name.eq_ignore_ascii_case(&key.name)) {
                component.keys.push(key.clone());
            }
        }
        for overlay in &self.keys {
            let about = |key: &Key| overlay.all_names().any(|name| name.eq_ignore_ascii_case(&key.name));
            component.all_keys_mut().filter(|key| about(key)).for_each(|key| overlay.apply(key));
        }
    }

    /// Corrects a scaler.
    pub(crate) fn apply_to_scaler(&self, scaler: &mut Scaler, minor: &str) {
        if !self.is_about(&scaler.kind, "", minor) {
            return;
        }
        scaler.note = self.note.clone().or(scaler.note.take());
        scaler.keys.retain(|key| !self.removes.contains(&key.name));
        for key in &self.adds {
            if !scaler.keys.iter().any(|known| known.name == key.name) {
                scaler.keys.push(key.clone());
            }
        }
        for overlay in &self.keys {
            // KEDA's names are exact: two that differ in capitals are two.
            let about = |key: &Key| overlay.all_names().any(|name| name == key.name);
            scaler.keys.iter_mut().filter(|key| about(key)).for_each(|key| overlay.apply(key));
        }
    }

    /// The names that it speaks of and that no key of the newest release has: a slip of the hand, or upstream has moved.
    pub(crate) fn idle<'a>(&'a self, has: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'a str> {
        let certain = self.is_certain();
        self.keys.iter().flat_map(Overlay::all_names).filter(move |name| certain && !has(name))
    }
}

fn add_missing(all: &mut Vec<String>, more: &[String]) {
    for text in more {
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
}

fn set<T: Clone>(target: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        *target = value.clone();
    }
}

impl Overlay {
    fn all_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain((!self.name.is_empty()).then_some(&self.name)).map(String::as_str)
    }

    fn apply(&self, key: &mut Key) {
        if !self.name.is_empty() {
            key.name.clone_from(&self.name);
        }
        key.kind = self.kind.clone().or(key.kind.take()).filter(|kind| kind != "string");
        set(&mut key.required, self.required.as_ref());
        key.default = self.default.clone().or(key.default.take()).filter(|text| text != "-none-");
        set(&mut key.allowed, self.allowed.as_ref());
        set(&mut key.sensitive, self.sensitive.as_ref());
        set(&mut key.exact_case, self.exact_case.as_ref());
        key.matches = self.matches.clone().or(key.matches.take());
        set(&mut key.aliases, self.aliases.as_ref());
        set(&mut key.deprecated, self.deprecated.as_ref());
        set(&mut key.from_env, self.from_env.as_ref());
        set(&mut key.trigger_metadata, self.trigger_metadata.as_ref());
        set(&mut key.authentication, self.authentication.as_ref());
        key.separator = self.separator.clone().or(key.separator.take());
        key.note = self.note.clone().or(key.note.take());
    }
}
