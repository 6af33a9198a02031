//! SARIF has rules that its readers insist on.

use std::process::Command;

use serde_json::Value;

fn log() -> Value {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/sarif.in");
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    let ended = command.args(["check", "--output", "sarif", "--project", project]).output().expect("portolan runs");
    serde_json::from_slice(&ended.stdout).expect("JSON")
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[test]
fn every_rule_is_described() {
    let log = log();
    let rules = list(&log, "/runs/0/tool/driver/rules");
    assert!(!rules.is_empty());
    for rule in rules {
        for pointer in ["/id", "/shortDescription/text", "/help/text", "/help/markdown"] {
            let text = rule.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            assert!(!text.is_empty(), "{pointer} of {rule}");
        }
        let level = rule.pointer("/defaultConfiguration/level").and_then(Value::as_str);
        assert!(matches!(level, Some("error" | "warning")), "{rule}");
    }
}

#[test]
fn every_result_names_its_rule() {
    let log = log();
    let rules = list(&log, "/runs/0/tool/driver/rules");
    let results = list(&log, "/runs/0/results");
    assert!(!results.is_empty());
    for result in results {
        let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
        let rule = index.and_then(|index| rules.get(index)).unwrap_or(&Value::Null);
        assert_eq!(rule["id"], result["ruleId"], "{result}");
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"], "{result}");
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
        // Of all results or of none.
        assert!(result["suppressions"].is_array(), "{result}");
    }
}

#[test]
fn every_place_is_in_the_project_and_counted_from_one() {
    let log = log();
    for result in list(&log, "/runs/0/results") {
        let locations = list(result, "/locations");
        assert_eq!(locations.len(), 1, "{result}");
        for location in locations.iter().chain(list(result, "/relatedLocations")) {
            let place = &location["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uriBaseId"], "SRCROOT");
            assert!(!place["artifactLocation"]["uri"].as_str().unwrap_or("/").starts_with('/'), "{place}");
            let number = |name: &str| place["region"][name].as_u64().unwrap_or_default();
            let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
            assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{place}");
        }
    }
}
