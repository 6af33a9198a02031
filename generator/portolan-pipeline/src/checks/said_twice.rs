use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P115", severity: Severity::Warning, title: "said twice", page: page!("P115") };

pub(super) fn check_lists(stack: &Stack, findings: &mut Findings) {
    for (name, secret) in &stack.secrets {
        findings.extend(repeated(&secret.keys, &format!("the keys of `{name}`")));
    }
    for component in stack.components.values().filter(|component| component.scopes_at.is_some()) {
        findings.extend(repeated(&component.scopes, &format!("the scopes of `{}`", component.name)));
    }
    for service in stack.services.values() {
        findings.extend(repeated(&service.egress, &format!("`egress` of `{}`", service.name)));
    }
}

fn repeated<T: Ord + ToString>(list: &[Fact<T>], whose: &str) -> Findings {
    let mut known: BTreeMap<&T, &Fact<T>> = BTreeMap::new();
    let mut findings = Findings::default();
    for item in list {
        let Some(at) = item.at else { continue };
        if let Some(first) = known.insert(&item.value, item) {
            let message = format!("`{}` stands twice in {whose}", item.value.to_string());
            let finding = Finding::new(&RULE, at, message).label("once more");
            findings.push(finding.related(first.at, "here already").help("take one away, or write what was meant"));
        }
    }
    findings
}
