//! The `AsyncAPI` documents of every stack here, against the official schema of `AsyncAPI` 3.0.0.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use portolan_parts::cache;
use portolan_pipeline::asyncapi::{document_stack, yaml};
use portolan_pipeline::resolve::resolve_stack;
use portolan_pipeline::spec::{Files, ReadError, parse_project};
use serde_json::{Value, json};

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(self.0.join(path)).map_err(|_| ReadError::Missing)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn validator() -> Validator {
    let file = cache::folder("asyncapi").unwrap().join("3.0.0-without-$id.json");
    jsonschema::validator_for(&serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()).unwrap()
}

fn document(project: &Path, environment: &str) -> Value {
    let parsed = parse_project(&Folder(project.to_owned()), environment).unwrap();
    document_stack(&resolve_stack(&parsed).0, "1.0.0")
}

fn documents() -> Vec<(String, Value)> {
    let mut projects: Vec<PathBuf> =
        fs::read_dir(root().join("tests/render")).unwrap().map(|case| case.unwrap().path()).collect();
    projects.push(root());
    let mut documents = Vec::new();
    for project in projects {
        for environment in fs::read_dir(project.join("infra/environments")).unwrap() {
            let path = environment.unwrap().path();
            let environment = path.file_stem().unwrap().to_str().unwrap();
            documents.push((format!("{} {environment}", project.display()), document(&project, environment)));
        }
    }
    documents
}

#[test]
fn every_document_is_valid() {
    let validator = validator();
    let documents = documents();
    assert!(documents.len() > 10);
    for (name, document) in documents {
        let wrong: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{} {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

/// The schema is asked, and says no where something is wrong.
#[test]
fn a_slip_is_not_valid() {
    let validator = validator();
    let good = document(&root(), "prod");
    for (pointer, wrong) in [
        ("/asyncapi", json!("2.0.0")),
        ("/info/version", json!(1)),
        ("/servers/kafka-pubsub/host", json!(null)),
        ("/operations/api-service.send.task-events/action", json!("publish")),
        ("/components/securitySchemes/kafka-pubsub/type", json!("password")),
    ] {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&document), "{pointer}");
    }
}

/// The schema does not follow references, so each is followed here.
#[test]
fn every_reference_leads_somewhere() {
    for (name, document) in documents() {
        let mut references = Vec::new();
        collect(&document, &mut references);
        for reference in references {
            assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{name}: {reference}");
        }
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            found.extend(entries.get("$ref").and_then(Value::as_str).map(str::to_owned));
            entries.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn what_is_said_is_what_the_stack_has() {
    let document = document(&root(), "prod");
    let text = |pointer: &str| document.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")).clone();
    assert_eq!(text("/servers/kafka-pubsub/protocol"), "kafka-secure");
    assert_eq!(text("/components/securitySchemes/kafka-pubsub/type"), "scramSha256");
    assert_eq!(text("/channels/task-events/bindings/kafka/partitions"), 6);
    assert_eq!(text("/channels/task-events/bindings/kafka/replicas"), 3);
    let receive = "/operations/recurring-task-service.receive.task-events";
    assert_eq!(text(&format!("{receive}/bindings/kafka/groupId/enum/0")), "recurring-task-service");
    assert_eq!(text(&format!("{receive}/messages")).as_array().unwrap().len(), 1);
    assert_eq!(text("/components/messages/task.completed/payload/properties/task_id/type"), "string");
    assert_eq!(text("/components/messages/task.completed/headers/properties/type/const"), "task.completed");
    // And YAML says the same as JSON.
    assert_eq!(serde_yaml::from_str::<Value>(&yaml(&document)).unwrap(), document);
}
