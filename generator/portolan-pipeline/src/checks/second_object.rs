use std::collections::BTreeMap;

use super::evidence::{ObjectName, object_name, rendered_objects};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ManifestObject, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P132", severity: Severity::Error, title: "object that is there already", page: page!("P132") };

pub(super) fn check_objects(stack: &Stack, findings: &mut Findings) {
    if stack.manifests.is_empty() {
        return;
    }
    let rendered = rendered_objects(stack);
    let mut seen: BTreeMap<ObjectName, &ManifestObject> = BTreeMap::new();
    for object in stack.manifests.iter().flat_map(|manifest| &manifest.objects) {
        let Some(name) = object_name(stack, object) else { continue };
        if rendered.contains(&name) {
            let message = format!("{} is rendered from the spec as well", object.title());
            let help = "take it away here, or give it another name; what the spec cannot say of it belongs into the spec's fields";
            findings.push(Finding::new(&RULE, object.at, message).label("one replaces the other").help(help));
        } else if let Some(other) = seen.get(&name) {
            let message = format!("{} stands in the manifests twice", object.title());
            findings.push(
                Finding::new(&RULE, object.at, message)
                    .label("one replaces the other")
                    .related(Some(other.at), "the other one")
                    .help("keep one of them"),
            );
        } else {
            seen.insert(name, object);
        }
    }
}
