//! For every component type and scaler: a smallest use has no finding, and one slip has exactly the finding of that slip.

use portolan_pipeline::catalogue::{self, ComponentEntry, DaprRelease, Key, ScalerEntry, ValueKind};

use crate::stack::{Value, component_findings, once, scaler_findings};

/// What is found with a component's metadata.
type Findings<'a> = dyn Fn(&[(String, Value)]) -> Vec<(String, String)> + 'a;

fn plain(key: &Key) -> Value {
    let text = key.allowed.first().cloned().unwrap_or_else(|| {
        match key.kind {
            ValueKind::Number => "1",
            ValueKind::Bool => "true",
            ValueKind::Duration => "30s",
            ValueKind::ByteSize => "4Mi",
            ValueKind::String => "text",
        }
        .to_owned()
    });
    Value::Plain(text)
}

/// What the type needs whatever the authentication is, and what the first way to authenticate needs.
fn smallest(release: &DaprRelease, entry: &ComponentEntry) -> Vec<(String, Value)> {
    let profile = entry.profiles.first().into_iter().flat_map(|profile| release.profile_keys(profile));
    let needed = profile.chain(&entry.keys).filter(|key| key.required && !key.is_pattern());
    let sensitive = |name: &str| release.keys(entry).any(|key| key.sensitive && key.name.eq_ignore_ascii_case(name));
    once(needed.map(|key| (key.name.clone(), if sensitive(&key.name) { Value::Secret } else { plain(key) })).collect())
}

/// A name that nothing has, near one that something has.
fn slip(name: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let doubled = name.char_indices().map(|(at, letter)| format!("{}{letter}{}", &name[..at], &name[at..]));
    doubled.chain([format!("{name}x")]).find(|slip| !known(slip))
}

#[test]
fn the_smallest_use_of_every_component_type_is_clean_and_each_slip_is_seen() {
    for version in catalogue::dapr_versions() {
        let release = catalogue::dapr(version).unwrap();
        for entry in release.components() {
            let uses = smallest(release, entry);
            // Name resolution is no Component, which is a finding of its own; its keys are judged all the same.
            let is_meant = |code: &str| code != "P611" || !entry.kind.starts_with("nameresolution.");
            let found = |metadata: &[(String, Value)]| {
                let mut findings = component_findings(version, &entry.kind, &entry.version, metadata);
                findings.retain(|(code, _)| is_meant(code));
                findings
            };
            assert_eq!(found(&uses), [], "{} {}", entry.kind, entry.version);
            one_misspelt_key(release, entry, &uses, &found);
            one_secret_in_plain(release, entry, &uses, &found);
            one_required_key_missing(entry, &uses, &found);
        }
    }
}

/// Of Kafka the brokers follow from the spec, and what lacks is found there.
fn one_required_key_missing(entry: &ComponentEntry, uses: &[(String, Value)], found: &Findings<'_>) {
    let everywhere = |key: &&Key| key.required && key.direction.is_none() && !key.is_pattern();
    for key in entry.keys.iter().filter(everywhere).filter(|_| entry.kind != "pubsub.kafka") {
        let without: Vec<_> = uses.iter().filter(|(name, _)| !key.is_named(name)).cloned().collect();
        let findings = found(&without);
        let expected =
            matches!(findings.as_slice(), [(code, message)] if code == "P603" && message.contains(&key.name));
        assert!(expected, "{} {}: {findings:?}", entry.kind, key.name);
    }
}

fn one_misspelt_key(release: &DaprRelease, entry: &ComponentEntry, uses: &[(String, Value)], found: &Findings<'_>) {
    let known = |name: &str| release.keys(entry).any(|key| key.is_named(name));
    let Some(key) = release.keys(entry).find(|key| !key.is_pattern()) else { return };
    let Some(wrong) = slip(&key.name, known) else { return };
    let mut metadata = uses.to_vec();
    metadata.push((wrong.clone(), Value::Plain("text".to_owned())));
    let findings = found(&metadata);
    assert!(
        matches!(findings.as_slice(), [(code, message)] if code == "P601" && message.contains(&wrong)),
        "{}: {findings:?}",
        entry.kind
    );
}

fn one_secret_in_plain(release: &DaprRelease, entry: &ComponentEntry, uses: &[(String, Value)], found: &Findings<'_>) {
    for key in release.keys(entry).filter(|key| key.sensitive) {
        let mut metadata = vec![(key.name.clone(), Value::Plain("text".to_owned()))];
        metadata.extend(uses.to_vec());
        let findings = found(&once(metadata));
        let expected =
            matches!(findings.as_slice(), [(code, message)] if code == "P501" && message.contains(&key.name));
        assert!(expected, "{} {}: {findings:?}", entry.kind, key.name);
    }
}

/// Every required key is there once it is written, and none is asked for twice.
#[test]
fn what_a_component_type_needs_is_found_under_every_name() {
    for version in catalogue::dapr_versions() {
        let release = catalogue::dapr(version).unwrap();
        for entry in release.components() {
            for key in release.keys(entry).filter(|key| !key.is_pattern()) {
                assert!(
                    key.aliases.iter().chain([&key.name]).all(|name| key.is_named(name)),
                    "{} {}",
                    entry.kind,
                    key.name
                );
                assert!(!key.required || !key.deprecated, "{} wants the deprecated {}", entry.kind, key.name);
            }
        }
    }
}

#[test]
fn every_scaler_takes_its_own_keys_and_no_other() {
    for version in catalogue::keda_versions() {
        for entry in catalogue::keda(version).unwrap().scalers() {
            let takes = |name: &str| entry.keys.iter().any(|key| key.is_trigger_key(name));
            for key in entry.keys.iter().filter(|key| !key.is_pattern()) {
                let in_trigger = takes(&key.name) || takes(&format!("{}FromEnv", key.name));
                assert!(in_trigger || key.authentication, "{} reads {} nowhere", entry.kind, key.name);
                let wrong = slip(&key.name, |name| entry.keys.iter().any(|key| key.is_trigger_key(name)));
                assert!(wrong.is_some_and(|wrong| !takes(&wrong)) || is_open(entry), "{} {}", entry.kind, key.name);
            }
        }
    }
}

/// What a scaler is told: by its trigger, and by its TriggerAuthentication.
#[derive(Clone, Default)]
struct Use {
    metadata: Vec<(String, Value)>,
    authentication: Vec<(String, Value)>,
}

impl Use {
    /// What a scaler needs; a secret by its authentication wherever it takes one from there.
    fn smallest(entry: &ScalerEntry) -> Self {
        let mut smallest = Self::default();
        for key in entry.keys.iter().filter(|key| key.required && !key.is_pattern()) {
            if key.authentication && (key.sensitive || !key.trigger_metadata) {
                smallest.authentication.push((key.name.clone(), Value::Secret));
            } else if !smallest.has(key) {
                smallest.metadata.push((key.name.clone(), plain(key)));
            }
        }
        smallest
    }

    /// Under its own name or another.
    fn has(&self, key: &Key) -> bool {
        self.metadata.iter().any(|(name, _)| key.is_named(name))
    }

    fn without(&self, key: &Key) -> Self {
        let others = |entries: &[(String, Value)]| {
            entries.iter().filter(|(name, _)| !key.is_named(name)).cloned().collect::<Vec<_>>()
        };
        Self { metadata: others(&self.metadata), authentication: others(&self.authentication) }
    }

    fn with(&self, name: &str) -> Self {
        let mut more = self.clone();
        more.metadata.push((name.to_owned(), Value::Plain("text".to_owned())));
        more
    }

    fn findings(&self, keda: &str, entry: &ScalerEntry) -> Vec<(String, String)> {
        scaler_findings(keda, &entry.kind, &self.metadata, &self.authentication)
    }
}

#[test]
fn the_smallest_use_of_every_scaler_is_clean_and_each_slip_is_seen() {
    for version in catalogue::keda_versions() {
        for entry in catalogue::keda(version).unwrap().scalers() {
            let smallest = Use::smallest(entry);
            assert_eq!(smallest.findings(version, entry), [], "{}", entry.kind);
            let expect = |one: &Use, code: &str, name: &str| {
                let found = one.findings(version, entry);
                let seen = matches!(found.as_slice(), [(is, message)] if is == code && message.contains(name));
                assert!(seen, "{} {name}: {code} is wanted, not {found:?}", entry.kind);
            };
            for key in entry.keys.iter().filter(|key| key.required && !key.is_pattern()) {
                // A parameter of two names is asked for once, by the first.
                expect(&smallest.without(key), "P603", key.aliases.iter().min().unwrap_or(&key.name).min(&key.name));
            }
            for key in entry.keys.iter().filter(|key| key.sensitive && !key.is_pattern()) {
                expect(&smallest.without(key).with(&key.name), "P501", &key.name);
            }
            let takes = |name: &str| entry.keys.iter().any(|key| key.is_trigger_key(name));
            let whole = entry.keys.iter().find(|key| key.trigger_metadata && !key.is_pattern());
            if let Some(wrong) = whole.and_then(|key| slip(&key.name, takes)).filter(|_| !is_open(entry)) {
                expect(&smallest.with(&wrong), "P601", &wrong);
            }
        }
    }
}

/// Any key goes on to a scaler outside of KEDA.
fn is_open(entry: &ScalerEntry) -> bool {
    entry.keys.iter().any(|key| key.is_trigger_key("what nobody reads"))
}
