use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P113", severity: Severity::Error, title: "two triggers of one name", page: page!("P113") };

pub(super) fn check_names(stack: &Stack, findings: &mut Findings) {
    if stack.cluster.keda.is_none() {
        return;
    }
    for service in stack.services.values() {
        let mut known: BTreeMap<&str, &Fact<String>> = BTreeMap::new();
        for name in service.scale.triggers.iter().filter_map(|trigger| trigger.name.as_ref()) {
            let Some(first) = known.insert(name.value.as_str(), name) else { continue };
            let message = format!("two triggers of `{}` are called `{}`", service.name, name.value);
            findings.push(
                Finding::new(&RULE, name.at.unwrap_or(service.at), message)
                    .label("KEDA refuses the ScaledObject")
                    .related(first.at.filter(|at| Some(*at) != name.at), "the other one")
                    .help("add `name: NAME` to one of the scalers; without it the name is its type"),
            );
        }
    }
}
