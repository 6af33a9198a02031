//! Secrets in manifests that somebody wrote by hand: what Kubernetes keeps in plain, and what looks like one anywhere else.

use super::{finding, has_password, is_secret_name, looks_secret};
use crate::finding::Findings;
use crate::model::ManifestObject;
use crate::source::Span;
use crate::spec::{Kind, Node};

const HELP: &str =
    "refer to a key of a Secret, keep the value out of the repository, and change it where it was committed";

pub(super) fn check_object(object: &ManifestObject, findings: &mut Findings) {
    if object.kind() == "Secret" && object.group().is_empty() {
        for field in ["data", "stringData"] {
            check_data(object, field, findings);
        }
        return;
    }
    // The catalogue says more of a component's metadata than its words do.
    if object.component.is_none() {
        walk(object, &object.node, findings);
    }
}

/// Base64 hides nothing.
fn check_data(object: &ManifestObject, field: &str, findings: &mut Findings) {
    let Some(Kind::Map(entries)) = object.node.entry(field).map(|data| &data.kind) else { return };
    let filled = entries.iter().find(|(_, value)| value.text().is_some_and(|text| !text.is_empty()));
    if let Some((key, value)) = filled {
        push(object, value.at, &format!("`{field}.{}`", key.text), findings);
    }
}

fn walk(object: &ManifestObject, node: &Node, findings: &mut Findings) {
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar { text, .. } => {
            if has_password(text) {
                push(object, node.at, "a value", findings);
            }
        }
        Kind::List(items) => items.iter().for_each(|item| walk(object, item, findings)),
        Kind::Map(entries) => {
            check_pair(object, node, findings);
            for (key, value) in entries {
                check_token(object, &key.text, value, findings);
                walk(object, value, findings);
            }
        }
    }
}

/// A variable of a container: `name` and `value` side by side.
fn check_pair(object: &ManifestObject, node: &Node, findings: &mut Findings) {
    let (Some(name), Some(value)) = (node.entry("name").and_then(Node::text), node.entry("value")) else { return };
    let is_variable =
        name.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_');
    if is_variable && is_secret_name(name) && value.text().is_some_and(|text| looks_secret(text) && !has_password(text))
    {
        push(object, value.at, &format!("variable `{name}`"), findings);
    }
}

/// The one field of a TriggerAuthentication that holds a secret itself: `hashiCorpVault.credential.token`.
fn check_token(object: &ManifestObject, key: &str, value: &Node, findings: &mut Findings) {
    if object.group() == "keda.sh" && key == "credential" {
        let token = value.entry("token").filter(|token| token.text().is_some_and(|text| !text.is_empty()));
        if let Some(token) = token {
            push(object, token.at, "`credential.token`", findings);
        }
    }
}

fn push(object: &ManifestObject, at: Span, what: &str, findings: &mut Findings) {
    findings.push(finding(at, format!("{what} of {} holds a secret in plain", object.title())).help(HELP));
}
