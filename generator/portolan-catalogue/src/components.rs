//! Component types: metadata, code and registry put together.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};
use portolan_parts::cache;
use serde::{Deserialize, Serialize};

use crate::corrections::{self, Correction};
use crate::entry::{Component, Key};
use crate::reader::{self, CodeKey, Registration, Report};
use crate::releases::{DAPR, DaprSource};
use crate::{lines, metadata};

/// What no single component says: keys of the runtime and keys that several types share.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Common {
    runtime_keys: BTreeMap<String, Vec<Key>>,
    shared: BTreeMap<String, Vec<Key>>,
    /// Which function of the code stands for which shared list.
    shared_by: BTreeMap<String, String>,
    /// Upstream's name of a feature and ours.
    features: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    source: String,
    minor: &'a str,
    release: &'a str,
    index: Vec<Row<'a>>,
    runtime_keys: &'a BTreeMap<String, Vec<Key>>,
    shared: &'a BTreeMap<String, Vec<Key>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aliases: &'a [String],
}

/// The data of one release.
pub(crate) fn write(source: &DaprSource) -> Result<String> {
    let module = cache::folder(&format!("contrib-{}", source.minor))?;
    let registry = cache::folder(&format!("dapr-{}", source.minor))?.join("components");
    let common: Common = serde_yaml::from_str(include_str!("../corrections/common.yaml"))?;
    let components = assemble(&module, &registry, &common, source)?;
    let rows =
        components.iter().map(|entry| Row { kind: &entry.kind, version: &entry.version, aliases: &entry.aliases });
    let header = Header {
        source: format!("components-contrib {}", source.components),
        minor: source.minor,
        release: source.release,
        index: rows.collect(),
        runtime_keys: &common.runtime_keys,
        shared: &common.shared,
    };
    lines::write(&header, &components)
}

fn assemble(module: &Path, registry: &Path, common: &Common, source: &DaprSource) -> Result<Vec<Component>> {
    let documented = metadata::read_all(module)?;
    let folders: Vec<String> = documented.keys().cloned().collect();
    let reports = reader::components(module, &folders)?;
    let registrations = reader::registrations(registry)?;
    let mut components = Vec::new();
    for (folder, component) in documented {
        components.extend(
            registered(&folder, &component, &registrations).into_iter().map(|component| (folder.clone(), component)),
        );
    }
    let corrections = corrections::read("dapr")?;
    let mut finished = of_daprd_itself(&registrations);
    for (folder, mut component) in components {
        component.add_code(&reports[&folder], common);
        for correction in &corrections {
            correction.apply(&mut component, source.minor);
        }
        finished.push(component);
    }
    finished.sort_by(|a, b| (&a.kind, &a.version).cmp(&(&b.kind, &b.version)));
    if source.minor == DAPR[DAPR.len() - 1].minor {
        nothing_is_idle(&corrections, &finished)?;
    }
    Ok(finished)
}

fn nothing_is_idle(corrections: &[Correction], components: &[Component]) -> Result<()> {
    for correction in corrections {
        let known = |name: &str| components.iter().flat_map(Component::all_keys).any(|key| key.name == name);
        let idle: Vec<&str> = correction.idle(known).collect();
        ensure!(idle.is_empty(), "a correction of {:?} speaks of {idle:?}, which nothing has", correction.types);
    }
    Ok(())
}

/// The versions of a component that daprd registers, under the names that it registers; as it stands where it registers none.
fn registered(folder: &str, component: &Component, registrations: &[Registration]) -> Vec<Component> {
    let mut versions: BTreeMap<&str, Vec<(String, &Registration)>> = BTreeMap::new();
    for registration in registrations {
        for (version, _) in registration.packages.iter().filter(|(_, package)| *package == folder) {
            let version = if version.is_empty() { &component.version } else { version };
            for name in &registration.names {
                let name = format!("{}.{name}", registration.block.replace('/', "."));
                versions.entry(version).or_default().push((name, registration));
            }
        }
    }
    if versions.is_empty() {
        return vec![component.clone()];
    }
    versions.into_iter().map(|(version, names)| under_names(component, version, &names)).collect()
}

/// What daprd registers without a component's package: it stands in daprd's own code, and reads no metadata.
fn of_daprd_itself(registrations: &[Registration]) -> Vec<Component> {
    let own = registrations.iter().filter(|registration| registration.packages.is_empty());
    own.map(|registration| Component {
        kind: format!("{}.{}", registration.block.replace('/', "."), registration.names[0]),
        version: "v1".to_owned(),
        status: "alpha".to_owned(),
        daprd: Some(registration.build().to_owned()),
        ..Component::default()
    })
    .collect()
}

fn under_names(component: &Component, version: &str, names: &[(String, &Registration)]) -> Component {
    let mut under = Component { version: version.to_owned(), ..component.clone() };
    if !names.iter().any(|(name, _)| *name == component.kind) {
        under.kind.clone_from(&names[0].0);
    }
    for (name, registration) in names {
        if *name != under.kind && !under.aliases.contains(name) {
            under.aliases.push(name.clone());
        }
        if let Some(direction) =
            registration.direction.as_ref().filter(|direction| !under.capabilities.contains(direction))
        {
            under.capabilities.push(direction.clone());
        }
    }
    under.daprd = names.first().map(|(_, registration)| registration.build().to_owned());
    under
}

impl Component {
    /// Lays what the code reads over what the metadata says.
    fn add_code(&mut self, report: &Report, common: &Common) {
        for reached in &report.reaches {
            if let Some(shared) = common.shared_by.get(reached) {
                self.add_shared(shared);
            }
        }
        for key in &report.keys {
            self.add_key(key, common);
        }
        let features = report.features.iter().filter_map(|feature| common.features.get(feature));
        let native = report.native.iter().map(|name| format!("{}{}", name[..1].to_lowercase(), &name[1..]));
        for capability in features.cloned().chain(native) {
            if !self.capabilities.contains(&capability) {
                self.capabilities.push(capability);
            }
        }
    }

    fn add_shared(&mut self, shared: &str) {
        if !self.profiles.iter().any(|profile| profile.shared.as_deref() == Some(shared)) {
            let profile =
                crate::entry::Profile { name: shared.to_owned(), shared: Some(shared.to_owned()), keys: Vec::new() };
            self.profiles.push(profile);
        }
    }

    fn add_key(&mut self, read: &CodeKey, common: &Common) {
        let code = read.to_key();
        let shared = self.profiles.iter().filter_map(|profile| common.shared.get(profile.shared.as_ref()?)).flatten();
        let is_shared = shared.into_iter().any(|key| key.meets(&code));
        let mut found = is_shared;
        let others: Vec<String> = self.all_keys().map(|key| key.name.clone()).collect();
        for key in self.all_keys_mut().filter(|key| key.meets(&code)) {
            found = true;
            key.exact_case |= code.exact_case && key.name == code.name;
            let names = std::iter::once(&code.name).chain(&code.aliases);
            key.add_aliases(names.filter(|name| !others.iter().any(|other| other.eq_ignore_ascii_case(name))));
        }
        if !found {
            self.keys.push(Key { undocumented: true, ..code });
        }
    }
}

impl CodeKey {
    fn to_key(&self) -> Key {
        // An untagged field is found in any case; in lower case it looks like its neighbours.
        let mut name = self.name.clone();
        if !self.exact && name.starts_with(char::is_uppercase) && !name[1..].starts_with(char::is_uppercase) {
            name = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        }
        Key {
            name,
            kind: kind_of(&self.kind),
            exact_case: self.exact && self.matches.is_none(),
            matches: self.matches.clone(),
            aliases: self.aliases.clone(),
            ..Key::default()
        }
    }
}

/// The kind of value that a Go type takes.
pub(crate) fn kind_of(go: &str) -> Option<String> {
    let kind = match go.trim_start_matches('*') {
        "bool" => "bool",
        "time.Duration" | "metadata.Duration" | "kitmd.Duration" => "duration",
        size if size.ends_with("ByteSize") => "bytesize",
        number if number.starts_with("int") || number.starts_with("uint") || number.starts_with("float") => "number",
        _ => return None,
    };
    Some(kind.to_owned())
}
