//! A stack of one component or of one scaler, read, resolved and checked as any other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use portolan_pipeline::checks::check_stack;
use portolan_pipeline::resolve::resolve_stack;
use portolan_pipeline::spec::{Files, ReadError, STACK_PATH, parse_project};

/// A value of metadata.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// As it stands.
    Plain(String),
    /// From the one secret that the stack has.
    Secret,
}

struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        match path {
            STACK_PATH => Ok(self.0.clone()),
            "infra/environments/test.yaml" => Ok("namespace: shop\n".to_owned()),
            _ => Err(ReadError::Missing),
        }
    }

    fn environments(&self) -> Option<Vec<String>> {
        None
    }
}

/// The codes and messages of all findings of a stack, in the order of their places.
fn findings(text: &str, components: usize) -> Vec<(String, String)> {
    let project = parse_project(&OneFile(text.to_owned()), "test").unwrap_or_else(|_| panic!("{text}"));
    let (stack, _) = resolve_stack(&project);
    assert!(stack.components.len() == components, "a component is lost:\n{text}");
    let found = check_stack(&stack).sorted();
    found.iter().map(|finding| (finding.rule.code.to_owned(), finding.message.clone())).collect()
}

/// What is found in a stack of one component.
pub(crate) fn component_findings(
    dapr: &str,
    kind: &str,
    version: &str,
    metadata: &[(String, Value)],
) -> Vec<(String, String)> {
    let mut text = format!("portolan: v1\nstack: shop\ncluster: {{ dapr: \"{dapr}\" }}\n");
    if metadata.iter().any(|(_, value)| matches!(value, Value::Secret)) {
        text.push_str("secrets: { vault: [VALUE] }\n");
    }
    let entries = flow(metadata);
    writeln!(text, "components: {{ one: {{ type: {kind}/{version}, metadata: {entries} }} }}").unwrap();
    text.push_str("services: { mailer: { uses: [one] } }\n");
    findings(&text, 1)
}

/// Of these what is about metadata.
pub(crate) fn metadata_findings(
    dapr: &str,
    kind: &str,
    version: &str,
    metadata: &[(String, Value)],
) -> Vec<(String, String)> {
    let mut found = component_findings(dapr, kind, version, metadata);
    found.retain(|(code, _)| matches!(code.as_str(), "P501" | "P601" | "P603" | "P604"));
    found
}

/// What is found in a stack of one service that one scaler counts.
pub(crate) fn scaler_findings(
    keda: &str,
    kind: &str,
    metadata: &[(String, Value)],
    authentication: &[(String, Value)],
) -> Vec<(String, String)> {
    let mut text = format!("portolan: v1\nstack: shop\ncluster: {{ keda: \"{keda}\" }}\n");
    if !authentication.is_empty() {
        text.push_str("secrets: { vault: [VALUE] }\n");
    }
    let (metadata, authentication) = (flow(metadata), flow(authentication));
    let scaler = format!("{{ type: {kind}, metadata: {metadata}, authentication: {authentication} }}");
    writeln!(text, "services: {{ mailer: {{ scale: {{ scalers: [{scaler}] }} }} }}").unwrap();
    findings(&text, 0)
}

/// A map on one line, as JSON is YAML too.
fn flow(entries: &[(String, Value)]) -> String {
    let entry = |(name, value): &(String, Value)| {
        let value = match value {
            Value::Plain(text) => serde_json::to_string(text).unwrap(),
            Value::Secret => "{ secret: vault/VALUE }".to_owned(),
        };
        format!("{}: {value}", serde_json::to_string(name).unwrap())
    };
    format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// The names of a list that has each once, in whatever capitals.
pub(crate) fn once(metadata: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut seen = BTreeSet::new();
    metadata.into_iter().filter(|(name, _)| seen.insert(name.to_lowercase())).collect()
}
