//! Every object of an environment, those of the chart by helm itself.

use std::collections::BTreeMap;
use std::fs;

use portolan_parts::{Scratch, helm};
use portolan_pipeline::render::render_stack;
use portolan_pipeline::resolve::resolve_stack;
use portolan_pipeline::spec::{Files, parse_project};
use serde_json::Value;

use crate::root;

/// Path and text of all that is rendered for an environment; values as the objects that helm makes of them.
pub(crate) fn rendered(project: &dyn Files, environment: &str) -> BTreeMap<String, String> {
    let parsed = parse_project(project, environment).unwrap();
    assert!(!parsed.findings.has_errors(), "{:?}", parsed.findings);
    let (stack, missing) = resolve_stack(&parsed);
    assert!(!missing.has_errors(), "{missing:?}");
    let mut texts = BTreeMap::new();
    for (path, text) in render_stack(&stack).texts() {
        if path.starts_with("charts/values/") {
            texts.insert(path, template(&text));
        } else if !path.starts_with("infra/platform/") && !path.ends_with(".index.json") {
            texts.insert(path, text);
        }
    }
    texts
}

fn template(values: &str) -> String {
    let scratch = Scratch::new("import").unwrap();
    let file = scratch.join("values.yaml");
    fs::write(&file, values).unwrap();
    let mut helm = helm().unwrap();
    let output =
        helm.args(["template", "release"]).arg(root().join("charts/handler")).arg("-f").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The values of every object, by kind and name, each under a place that does not depend on the order of lists.
pub(crate) fn values(texts: &BTreeMap<String, String>) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    let documents = texts.values().flat_map(|text| text.split("\n---"));
    for document in documents.filter(|text| text.lines().any(|line| line.starts_with("kind:"))) {
        let object: Value = serde_yaml::from_str(document.trim_start_matches("---")).unwrap();
        let mut found = BTreeMap::new();
        walk(&object, "", &mut found);
        let title = format!("{} {}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap());
        all.insert(title, found);
    }
    all
}

fn walk(value: &Value, place: &str, found: &mut BTreeMap<String, String>) {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Null => {}
        Value::Object(entries) => {
            for (name, value) in entries {
                walk(value, &format!("{place}.{name}"), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let named = ["parameter", "name", "appId", "secretKey", "storeName", "type"]
                    .iter()
                    .find_map(|key| scalar(&item[*key]));
                let topic = item.pointer("/metadata/topic").or(item.pointer("/resource/name")).and_then(scalar);
                let label = scalar(item).or(topic).or(named).unwrap_or_else(|| number.to_string());
                walk(item, &format!("{place}[{label}]"), found);
            }
        }
        other => {
            found.insert(place.trim_start_matches('.').to_owned(), scalar(other).unwrap());
        }
    }
}
