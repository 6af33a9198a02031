//! The catalogue against itself, against what upstream's own tests use, and against the modules that it is generated from.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

#[path = "catalogue/daprd.rs"]
mod daprd;
#[path = "catalogue/facts.rs"]
mod facts;
#[path = "catalogue/stack.rs"]
mod stack;
#[path = "catalogue/upstream.rs"]
mod upstream;
#[path = "catalogue/uses.rs"]
mod uses;

use std::collections::BTreeSet;
use std::fs;

use portolan_pipeline::catalogue;

/// What is committed is what the modules and the corrections say.
#[test]
fn the_data_is_as_it_would_be_generated() {
    for file in portolan_catalogue::generate().unwrap() {
        let committed = fs::read_to_string(portolan_catalogue::data_folder().join(&file.name)).unwrap();
        assert!(committed == file.text, "{} is not what follows from the modules: run `just catalogue`", file.name);
    }
}

/// The index and the lines agree, and nothing stands twice.
#[test]
fn every_name_leads_to_its_own_line() {
    for version in catalogue::dapr_versions() {
        let release = catalogue::dapr(version).unwrap();
        for entry in release.components() {
            for name in entry.aliases.iter().chain([&entry.kind]) {
                let found = release.component(name, &entry.version).unwrap();
                assert!(found.kind == entry.kind && found.version == entry.version, "{name}/{}", entry.version);
            }
            let names: Vec<&str> = entry.keys.iter().map(|key| key.name.as_str()).collect();
            let distinct: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(names.len(), distinct.len(), "{} has a key twice: {names:?}", entry.kind);
        }
    }
    for version in catalogue::keda_versions() {
        let release = catalogue::keda(version).unwrap();
        for entry in release.scalers() {
            assert_eq!(release.scaler(&entry.kind).unwrap().kind, entry.kind);
            assert!(!entry.keys.is_empty(), "{}", entry.kind);
        }
    }
}

/// A component type's lag is counted by a scaler that exists, from keys that both have.
#[test]
fn every_lag_trigger_names_what_is_there() {
    let keda = catalogue::keda(catalogue::NEWEST_KEDA).unwrap();
    let mut counted = 0;
    for version in catalogue::dapr_versions() {
        let release = catalogue::dapr(version).unwrap();
        for entry in release.components() {
            let Some(lag) = &entry.lag_trigger else { continue };
            counted += 1;
            let scaler = keda.scaler(&lag.scaler).unwrap_or_else(|| panic!("{}: no scaler {}", entry.kind, lag.scaler));
            for (key, from) in &lag.keys {
                assert!(
                    scaler.keys.iter().any(|known| known.name == *key),
                    "{}: {} has no {key}",
                    entry.kind,
                    lag.scaler
                );
                let ours = from.starts_with('$') || release.keys(entry).any(|known| known.name == *from);
                assert!(ours, "{} has no {from}", entry.kind);
            }
        }
    }
    assert!(counted > 30);
}
