use std::collections::BTreeSet;

use handler_contract::Identity;
use serde_json::Value;
use time::OffsetDateTime;

use super::*;
use crate::domain::{Expected, Fields, Task};

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_document_has_every_operation_and_no_other() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<(&str, &str)> = paths
        .iter()
        .flat_map(|(path, item)| names(item).into_iter().map(move |method| (method, path.as_str())))
        .filter(|(method, _)| *method != "parameters")
        .collect();
    assert_eq!(described, operations().iter().map(|(method, path, _)| (*method, *path)).collect());
}

#[test]
fn the_document_has_every_field_of_a_task() {
    let fields = Fields { title: "t".to_owned(), ..Fields::default() };
    let task = serde_json::to_value(Task::new("t".into(), "u".into(), fields, None, None)).unwrap();
    let document = document();
    let schemas = &document["components"]["schemas"];
    assert_eq!(names(&schemas["Task"]["properties"]), names(&task));
    let written = names(&serde_json::to_value(Fields::default()).unwrap()).into_iter().map(str::to_owned).collect();
    for schema in ["NewTask", "TaskPatch"] {
        let described: BTreeSet<String> =
            names(&schemas[schema]["properties"]).into_iter().map(str::to_owned).collect();
        assert_eq!(described, written, "{schema}");
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn visit(value: &Value, document: &Value) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        match value {
            Value::Object(members) => members.values().for_each(|member| visit(member, document)),
            Value::Array(items) => items.iter().for_each(|item| visit(item, document)),
            _ => {}
        }
    }
    let document = document();
    visit(&document, &document);
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn versions_are_expected_by_strong_tags() {
    let expected = |text| Head::of(&headers(&[("if-match", text)])).map(|head| head.expected);
    assert_eq!(expected("*").unwrap(), Expected::Any);
    assert_eq!(expected("\"1\", \"2\"").unwrap(), Expected::Versions(vec![1, 2]));
    assert_eq!(expected("W/\"1\", \"x\"").unwrap(), Expected::Versions(Vec::new()));
    for wrong in ["1", "\"1", "", ",", "\"1\" \"2\""] {
        assert!(expected(wrong).is_err(), "{wrong}");
    }
    assert!(Head::that_expects(&HeaderMap::new()).is_err());
    assert!(Head::of(&headers(&[("if-match", "\"1\""), ("if-match", "\"2\"")])).is_err(), "twice");
    assert!(known(&headers(&[("if-none-match", "\"1\", W/\"2\"")]), 2));
    assert!(!known(&headers(&[("if-none-match", "\"12\"")]), 2));
}

#[test]
fn a_place_comes_back_as_it_went() {
    let mut query = query::read("sort=-due_date").unwrap();
    let place = store::list::Place { value: "-infinity".to_owned(), id: "t".to_owned() };
    let cursor = query::cursor(&query, &place);
    query = query::read(&format!("after={cursor}&sort=-due_date")).unwrap();
    assert_eq!(query.behind, Some(place));
    for wrong in [format!("after={cursor}"), format!("after={cursor}&sort=due_date"), "after=%00".to_owned()] {
        assert!(query::read(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_answer_is_kept_as_it_is() {
    let fields = Fields { title: "t".to_owned(), due_date: Some(OffsetDateTime::UNIX_EPOCH), ..Fields::default() };
    let asked = Asked { user_id: "u".into(), email: None, now: OffsetDateTime::UNIX_EPOCH };
    let cause = Identity { source: "request".to_owned(), id: "1".to_owned() };
    let (task, _) = decide_create(&mut None, &asked, &cause, &"t".into(), &fields).unwrap();
    let text = serde_json::to_string(&Answer::created(task)).unwrap();
    let again: Answer = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
}
