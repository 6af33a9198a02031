//! An independent judge: the components and objects that upstream's own tests use have no finding on their metadata.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portolan_parts::cache;
use portolan_pipeline::catalogue::{self, Key, ScalerEntry};
use serde_json::Value as Json;

use crate::stack::{Value, metadata_findings, once};

/// Keys that upstream's files set and nothing reads, each with what was found in the code.
const UNREAD: [(&str, &str, &str); 8] = [
    ("pubsub.rabbitmq", "reconnectWait", "the field is read as reconnectWaitSeconds"),
    ("secretstores.kubernetes", "namespace", "comes with a request, not with the component"),
    ("state.in-memory", "spacehold", "fills a list that must not be empty"),
    ("state.postgres", "table", "the field is read as tableName"),
    ("pubsub.azure.servicebus", "prefetchCount", "a key of rabbitmq"),
    ("middleware.http.uppercase", "scopes", "stands one level too deep"),
    ("cassandra", "metricName", "gone since names of metrics are generated"),
    ("splunk", "username", "read from the authentication, where the same file has it"),
];

/// Types that upstream's files name and no daprd registers under that name.
const UNREGISTERED: [&str; 4] = [
    // Registered by a socket of their own.
    "bindings.kafka-pluggable",
    "state.redis-pluggable",
    // The conformance tests build these without daprd; it registers them as crypto.dapr.….
    "crypto.jwks",
    "crypto.localstorage",
];

fn is_unread(kind: &str, name: &str) -> bool {
    UNREAD.iter().any(|(of, key, _)| *of == kind && *key == name)
}

fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, endings, found);
        } else if endings.iter().any(|ending| path.to_str().unwrap().ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
}

/// The documents of a text that have the kind; a document that is no YAML, as templates are, is passed over.
fn documents(text: &str, kind: &str) -> Vec<Json> {
    let parts = text.split("\n---").filter(|part| part.contains(&format!("kind: {kind}")));
    // One of KEDA's files writes `spec:` twice, which a strict reader refuses.
    let parts = parts.map(|part| part.replace("\nspec:\nspec:\n", "\nspec:\n"));
    parts
        .filter_map(|part| serde_yaml::from_str::<Json>(&part).ok())
        .filter(|document| document["kind"] == kind)
        .collect()
}

fn components(version: &str) -> Vec<(PathBuf, Json)> {
    let mut paths = Vec::new();
    files(&cache::folder(&format!("contrib-{version}")).unwrap().join("tests"), &[".yaml", ".yml"], &mut paths);
    files(&cache::folder(&format!("dapr-{version}")).unwrap().join("config"), &[".yaml", ".yml"], &mut paths);
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        found.extend(documents(&text, "Component").into_iter().map(|document| (path.clone(), document)));
    }
    found
}

#[test]
fn components_of_upstreams_tests_have_no_unknown_key_and_miss_none() {
    for version in catalogue::dapr_versions() {
        let release = catalogue::dapr(version).unwrap();
        let components = components(version);
        assert!(components.len() > 120, "{} components of Dapr {version}", components.len());
        for (path, document) in components {
            let kind = document["spec"]["type"].as_str().unwrap();
            let of = document["spec"]["version"].as_str().unwrap_or("v1");
            let Some(entry) = release.component(kind, of) else {
                assert!(UNREGISTERED.contains(&kind), "{}: no {kind}/{of}", path.display());
                continue;
            };
            let items = document["spec"]["metadata"].as_array().cloned().unwrap_or_default();
            let names: Vec<&str> = items.iter().map(|item| item["name"].as_str().unwrap()).collect();
            let unknown = findings(version, kind, of, &names);
            assert!(unknown.is_empty(), "{}: {unknown:?}", path.display());
            let written = |key: &Key| names.iter().any(|name| key.is_named(name));
            let missing: Vec<&Key> = entry.keys.iter().filter(|key| key.required && !written(key)).collect();
            assert!(missing.is_empty(), "{}: {kind} wants {missing:?}", path.display());
            let serves = |keys: Vec<&Key>| keys.into_iter().all(|key| !key.required || written(key));
            let fits = entry.profiles.is_empty()
                || entry.profiles.iter().any(|profile| serves(release.profile_keys(profile).collect()));
            assert!(fits, "{}: {kind} fits no way to authenticate", path.display());
        }
    }
}

/// Upstream's secrets are throwaway ones in plain, so what is asked of the values is left out.
fn findings(version: &str, kind: &str, of: &str, names: &[&str]) -> Vec<(String, String)> {
    let known = names.iter().filter(|name| !is_unread(kind, name));
    let metadata = known.map(|name| ((*name).to_owned(), Value::Secret)).collect();
    metadata_findings(version, kind, of, &once(metadata))
}

/// A Go file's texts between backquotes, with every template in them a word.
fn manifests(text: &str) -> Vec<String> {
    let raw = text.split('`').skip(1).step_by(2).filter(|raw| raw.contains("kind:"));
    raw.map(without_templates).collect()
}

fn without_templates(raw: &str) -> String {
    let mut pieces = raw.split("{{");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (template, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        let word = template.trim_start_matches('-').trim();
        let is_value = !["if", "else", "end", "range", "with"].iter().any(|control| word.starts_with(control));
        text.push_str(if is_value { "word" } else { "" });
        text.push_str(rest);
    }
    text
}

/// The parameters that a file's authentications fill.
fn parameters(texts: &[String]) -> BTreeSet<String> {
    let kinds = ["TriggerAuthentication", "ClusterTriggerAuthentication"];
    let all = texts.iter().flat_map(|text| kinds.iter().flat_map(|kind| documents(text, kind)));
    let sources = all.flat_map(|document| {
        ["secretTargetRef", "configMapTargetRef", "env"]
            .map(|source| document["spec"][source].as_array().cloned().unwrap_or_default())
    });
    sources.flatten().filter_map(|source| source["parameter"].as_str().map(str::to_owned)).collect()
}

#[test]
fn objects_of_kedas_tests_have_no_unknown_key_and_miss_none() {
    for version in catalogue::keda_versions() {
        let release = catalogue::keda(version).unwrap();
        let mut paths = Vec::new();
        files(&cache::folder(&format!("keda-{version}")).unwrap().join("tests"), &["_test.go"], &mut paths);
        let (mut triggers, mut scalers) = (0, BTreeSet::new());
        for path in paths {
            let texts = manifests(&fs::read_to_string(&path).unwrap());
            let parameters = parameters(&texts);
            let mut used: Vec<&ScalerEntry> = Vec::new();
            for document in
                texts.iter().flat_map(|text| ["ScaledObject", "ScaledJob"].map(|kind| documents(text, kind))).flatten()
            {
                for trigger in document["spec"]["triggers"].as_array().into_iter().flatten() {
                    let kind = trigger["type"].as_str().unwrap();
                    let entry = release.scaler(kind).unwrap_or_else(|| panic!("{}: no {kind}", path.display()));
                    let names: Vec<String> =
                        trigger["metadata"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
                    let problems = problems(entry, &names, &parameters);
                    assert!(problems.is_empty(), "{}: {problems:?}", path.display());
                    (triggers, _) = (triggers + 1, scalers.insert(kind.to_owned()));
                    used.push(entry);
                }
            }
            let is_read = |name: &str| {
                used.iter().flat_map(|entry| &entry.keys).any(|key| key.authentication && key.name == name)
            };
            let unread: Vec<&String> = parameters.iter().filter(|name| !used.is_empty() && !is_read(name)).collect();
            assert!(unread.is_empty(), "{}: nothing reads {unread:?}", path.display());
        }
        assert!(
            triggers > 150 && scalers.len() > 65,
            "KEDA {version}: {triggers} triggers of {} scalers",
            scalers.len()
        );
    }
}

fn problems(entry: &ScalerEntry, names: &[String], parameters: &BTreeSet<String>) -> Vec<String> {
    let known = |name: &String| is_unread(&entry.kind, name) || entry.keys.iter().any(|key| key.is_trigger_key(name));
    let unknown = names.iter().filter(|name| !known(name)).map(|name| format!("{} has no {name}", entry.kind));
    let there =
        |name: &String| names.contains(name) || names.contains(&format!("{name}FromEnv")) || parameters.contains(name);
    let missing = entry.keys.iter().filter(|key| key.required && !key.aliases.iter().chain([&key.name]).any(there));
    unknown.chain(missing.map(|key| format!("{} wants {}", entry.kind, key.name))).collect()
}
