//! A stack of one component, read, resolved and checked as any other.

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

/// The codes and messages of the findings on metadata, in the order of their places.
pub(crate) fn metadata_findings(
    dapr: &str,
    kind: &str,
    version: &str,
    metadata: &[(String, Value)],
) -> Vec<(String, String)> {
    let mut text =
        format!("portolan: v1\nstack: shop\ncluster: {{ dapr: \"{dapr}\" }}\nsecrets: {{ vault: [VALUE] }}\n");
    write!(text, "components:\n  one:\n    type: {kind}/{version}\n").unwrap();
    if !metadata.is_empty() {
        text.push_str("    metadata:\n");
    }
    for (name, value) in metadata {
        let value = match value {
            Value::Plain(text) => serde_json::to_string(text).unwrap(),
            Value::Secret => "{ secret: vault/VALUE }".to_owned(),
        };
        writeln!(text, "      {}: {value}", serde_json::to_string(name).unwrap()).unwrap();
    }
    text.push_str("services: { mailer: { uses: [one] } }\n");
    let project = parse_project(&OneFile(text.clone()), "test").unwrap_or_else(|_| panic!("{text}"));
    let (stack, _) = resolve_stack(&project);
    assert!(stack.components.len() == 1, "the component is lost:\n{text}");
    let found = check_stack(&stack).sorted();
    let about = found.iter().filter(|finding| matches!(finding.rule.code, "P501" | "P601" | "P603" | "P604"));
    about.map(|finding| (finding.rule.code.to_owned(), finding.message.clone())).collect()
}

/// The names of a list that has each once, in whatever capitals.
pub(crate) fn once(metadata: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut seen = BTreeSet::new();
    metadata.into_iter().filter(|(name, _)| seen.insert(name.to_lowercase())).collect()
}
