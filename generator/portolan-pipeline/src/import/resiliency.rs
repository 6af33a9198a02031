//! Dapr's Resiliency: what all targets of one kind agree on is the spec's.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::draft::{Draft, Fields};
use super::object::Object;
use super::report::Log;
use crate::spec::node::Node;
use crate::spec::{Duration, FromText};

/// The spec's word, and the side of a component that it is for; none: apps.
const CLASSES: [(&str, Option<&str>, [&str; 3]); 3] = [
    ("deliver", Some("inbound"), ["60s", "30", "60s"]),
    ("publish", Some("outbound"), ["10s", "5", "5s"]),
    ("invoke", None, ["5s", "3", "2s"]),
];

pub(super) fn import_resiliency(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let mut mine = objects.iter().filter(|object| object.kind == "Resiliency" && object.group == "dapr.io");
    let Some(object) = mine.next() else { return };
    for other in mine {
        log.left_object(other, "a stack has one Resiliency, and another one stands before it", "put the two together");
    }
    for (class, side, usual) in CLASSES {
        let targets = targets(object, side);
        let retries = each(&targets, "retry");
        let timeouts = each(&targets, "timeout");
        let mut fields = Fields::new();
        if let Some(timeout) =
            same(&timeouts).and_then(|name| object.node.scalar_at(&["spec", "policies", "timeouts", name]))
        {
            insert(&mut fields, "timeout", timeout, usual[0]);
        }
        if let Some(policy) =
            same(&retries).and_then(|name| object.node.at_path(&["spec", "policies", "retries", name]))
        {
            let retries = policy.scalar_at(&["maxRetries"]).filter(|text| text.parse::<u32>().is_ok());
            if let Some(retries) = retries.filter(|text| *text != usual[1]) {
                fields.insert("maxRetries".to_owned(), super::draft::setting(retries));
            }
            if let Some(interval) = policy.scalar_at(&["maxInterval"]) {
                insert(&mut fields, "maxInterval", interval, usual[2]);
            }
        }
        if !fields.is_empty() {
            draft.resiliency.insert(class.to_owned(), Value::Object(fields));
        }
    }
}

fn insert(fields: &mut Fields, name: &str, text: &str, usual: &str) {
    let duration = Duration::from_text(text);
    if duration.is_some() && duration != Duration::from_text(usual) {
        fields.insert(name.to_owned(), json!(text));
    }
}

fn targets<'a>(object: &'a Object, side: Option<&str>) -> Vec<&'a Node> {
    match side {
        Some(side) => {
            let components = object.node.map_at(&["spec", "targets", "components"]).iter();
            components.filter_map(|(_, component)| component.entry(side)).collect()
        }
        None => object.node.map_at(&["spec", "targets", "apps"]).iter().map(|(_, app)| app).collect(),
    }
}

fn each<'a>(targets: &[&'a Node], policy: &str) -> BTreeSet<Option<&'a str>> {
    targets.iter().map(|target| target.scalar_at(&[policy])).collect()
}

/// The one policy that all of them name.
fn same<'a>(names: &BTreeSet<Option<&'a str>>) -> Option<&'a str> {
    let mut names = names.iter();
    match (names.next(), names.next()) {
        (Some(Some(only)), None) => Some(only),
        _ => None,
    }
}
