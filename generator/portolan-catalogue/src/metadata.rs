//! `metadata.yaml`: what a component says of itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::entry::{Component, Key, Profile};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "type")]
    block: String,
    name: String,
    version: String,
    status: String,
    #[serde(default)]
    capabilities: Option<Vec<String>>,
    binding: Option<Binding>,
    #[serde(default)]
    metadata: Option<Vec<Documented>>,
    #[serde(default)]
    authentication_profiles: Option<Vec<DocumentedProfile>>,
    #[serde(default)]
    builtin_authentication_profiles: Option<Vec<BuiltIn>>,
}

#[derive(Debug, Deserialize)]
struct Binding {
    #[serde(default)]
    input: bool,
    #[serde(default)]
    output: bool,
    #[serde(default)]
    operations: Option<Vec<Operation>>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Documented {
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    required: bool,
    default: Option<serde_json::Value>,
    #[serde(default)]
    allowed_values: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    deprecated: bool,
    binding: Option<Binding>,
}

#[derive(Debug, Deserialize)]
struct DocumentedProfile {
    title: String,
    #[serde(default)]
    metadata: Option<Vec<Documented>>,
}

#[derive(Debug, Deserialize)]
struct BuiltIn {
    name: String,
    #[serde(default)]
    metadata: Option<Vec<Documented>>,
}

/// Every component of a module, by its folder.
pub(crate) fn read_all(module: &Path) -> Result<BTreeMap<String, Component>> {
    let mut files = Vec::new();
    find(module, &mut files)?;
    let mut components = BTreeMap::new();
    for file in files {
        // A tab at the end of a line is YAML 1.2, yet not every reader takes it.
        let text = fs::read_to_string(&file)?.replace('\t', " ");
        let document: Document = serde_yaml::from_str(&text).with_context(|| file.display().to_string())?;
        let folder = file.parent().unwrap_or(module).strip_prefix(module)?;
        components.insert(folder.to_string_lossy().into_owned(), document.into());
    }
    Ok(components)
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            find(&entry.path(), found)?;
        } else if entry.file_name() == "metadata.yaml" {
            found.push(entry.path());
        }
    }
    Ok(())
}

impl From<Document> for Component {
    fn from(document: Document) -> Self {
        let block = if document.block == "middleware" { "middleware.http" } else { &document.block };
        let own = document.authentication_profiles.unwrap_or_default().into_iter().map(Profile::from);
        let built_in = document.builtin_authentication_profiles.unwrap_or_default().into_iter().map(Profile::from);
        let mut capabilities = document.capabilities.unwrap_or_default();
        if let Some(binding) = document.binding {
            capabilities.extend(binding.input.then(|| "input".to_owned()));
            capabilities.extend(binding.output.then(|| "output".to_owned()));
            capabilities.extend(binding.operations.unwrap_or_default().into_iter().map(|operation| operation.name));
        }
        Self {
            kind: format!("{block}.{}", document.name),
            version: document.version,
            status: document.status,
            capabilities,
            keys: keys(document.metadata),
            profiles: own.chain(built_in).collect(),
            ..Self::default()
        }
    }
}

fn keys(documented: Option<Vec<Documented>>) -> Vec<Key> {
    documented.unwrap_or_default().into_iter().map(Key::from).collect()
}

impl From<DocumentedProfile> for Profile {
    fn from(documented: DocumentedProfile) -> Self {
        Self { name: short(&documented.title), shared: None, keys: keys(documented.metadata) }
    }
}

impl From<BuiltIn> for Profile {
    fn from(documented: BuiltIn) -> Self {
        Self { name: documented.name.clone(), shared: Some(documented.name), keys: keys(documented.metadata) }
    }
}

/// A title as a name: its words without the ones that every title has.
fn short(title: &str) -> String {
    let title = title.to_lowercase();
    let words = title.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let usual = ["authentication", "authenticate", "using", "with", "a", "an", "the", "and", "via"];
    let words: Vec<&str> = words.filter(|word| !usual.contains(word)).collect();
    if words.is_empty() { "default".to_owned() } else { words.join("-") }
}

impl From<Documented> for Key {
    fn from(documented: Documented) -> Self {
        let pattern = documented.name.strip_prefix("<topic-name>").map(str::to_owned);
        let direction = documented.binding.and_then(|binding| match (binding.input, binding.output) {
            (true, false) => Some("input".to_owned()),
            (false, true) => Some("output".to_owned()),
            _ => None,
        });
        Self {
            matches: pattern.is_some().then(|| "suffix".to_owned()),
            name: pattern.unwrap_or(documented.name),
            kind: documented.kind.filter(|kind| kind != "string"),
            required: documented.required,
            default: documented.default.as_ref().map(plain).filter(|text| !text.is_empty()),
            allowed: documented.allowed_values.unwrap_or_default().iter().map(plain).collect(),
            sensitive: documented.sensitive,
            deprecated: documented.deprecated,
            direction,
            ..Self::default()
        }
    }
}

/// A value without the quotes that upstream's own texts often carry inside their YAML quotes.
fn plain(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    let inner = text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
    inner.map_or(text.clone(), str::to_owned)
}
