//! What a SealedSecret (`bitnami.com/v1alpha1`) says without being opened: whose it is, and which keys it holds.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, SecretOrigin};
use super::node::{Kind, Node};
use super::project::{Files, ReadError};
use super::yaml::parse_yaml;
use crate::finding::Findings;
use crate::source::Sources;

/// What stands where a SealedSecret is expected. No place in the file is kept: a secret that somebody forgot to seal must
/// not be shown with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealedSecret {
    /// A SealedSecret.
    Sealed {
        /// The name of the Secret that it becomes.
        name: String,
        /// The namespace of that Secret, where it says one.
        namespace: Option<String>,
        /// The keys of that Secret.
        keys: BTreeSet<String>,
    },
    /// Nothing.
    Missing,
    /// Something else; this is why.
    Unfit(String),
}

/// Where the SealedSecret of a secret is expected.
pub fn sealed_secret_path(environment: &str, secret: &str) -> String {
    format!("infra/sealed/{environment}/{secret}.yaml")
}

/// Reads the SealedSecret of every declared secret, where that is how secrets come.
pub(super) fn parse_sealed_secrets(
    files: &dyn Files,
    environment: &str,
    document: &Document,
) -> BTreeMap<String, SealedSecret> {
    let origin = document.secret_source.from.as_ref().map(|from| from.value);
    if origin != Some(SecretOrigin::SealedSecrets) {
        return BTreeMap::new();
    }
    let names = document.secrets.iter().map(|(name, _)| &name.value);
    names.map(|name| (name.clone(), parse_sealed_secret(files, &sealed_secret_path(environment, name)))).collect()
}

fn parse_sealed_secret(files: &dyn Files, path: &str) -> SealedSecret {
    let text = match files.read(path) {
        Ok(text) => text,
        Err(ReadError::Missing) => return SealedSecret::Missing,
        Err(ReadError::Failed(reason)) => return SealedSecret::Unfit(reason),
    };
    let mut sources = Sources::default();
    let file = sources.add(path, text);
    let Some(node) = parse_yaml(&sources, file, &mut Findings::default()) else {
        return SealedSecret::Unfit("it is no YAML".to_owned());
    };
    let word = |field: &str| text_of(entry(Some(&node), field)).unwrap_or_default();
    if word("kind") != "SealedSecret" || !word("apiVersion").starts_with("bitnami.com/") {
        return SealedSecret::Unfit("it is no SealedSecret of bitnami.com".to_owned());
    }
    let metadata = entry(Some(&node), "metadata");
    SealedSecret::Sealed {
        name: text_of(entry(metadata, "name")).unwrap_or_default().to_owned(),
        namespace: text_of(entry(metadata, "namespace")).map(str::to_owned),
        keys: keys_of(entry(Some(&node), "spec")),
    }
}

/// What is encrypted, and what the template adds in plain.
fn keys_of(spec: Option<&Node>) -> BTreeSet<String> {
    let maps = [entry(spec, "encryptedData"), entry(entry(spec, "template"), "data")];
    maps.into_iter().flat_map(entries).map(|(key, _)| key.to_owned()).collect()
}

fn entry<'a>(node: Option<&'a Node>, field: &str) -> Option<&'a Node> {
    entries(node).into_iter().find(|(key, _)| *key == field).map(|(_, value)| value)
}

fn entries(node: Option<&Node>) -> Vec<(&str, &Node)> {
    match node.map(|node| &node.kind) {
        Some(Kind::Map(entries)) => entries.iter().map(|(key, value)| (key.text.as_str(), value)).collect(),
        _ => Vec::new(),
    }
}

fn text_of(node: Option<&Node>) -> Option<&str> {
    match node.map(|node| &node.kind) {
        Some(Kind::Scalar { text, .. }) => Some(text),
        _ => None,
    }
}
