use std::collections::BTreeMap;

use super::evidence::component_entry;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{AppId, Component, Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P613",
    severity: Severity::Error,
    title: "actor store that is missing, unfit or one of two",
    page: page!("P613"),
};

pub(super) fn check_stores(stack: &Stack, findings: &mut Findings) {
    let stores: Vec<&Component> = stack.components.values().filter(|component| keeps_actors(component)).collect();
    // A store without scopes is everybody's.
    let everybody: Vec<&Component> = stores.iter().copied().filter(|store| store.scopes.is_empty()).collect();
    let mut scoped: BTreeMap<&AppId, Vec<&Component>> = BTreeMap::new();
    for store in &stores {
        store.scopes.iter().for_each(|scope| scoped.entry(&scope.value).or_default().push(store));
    }
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        let own = scoped.get(&service.app_id.value).into_iter().flatten();
        let mut loaded = everybody.iter().chain(own);
        match (loaded.next(), loaded.next()) {
            (Some(first), Some(second)) => findings.push(two_stores(service, first, second)),
            (None, _) => findings.extend(without_store(service).into_iter().collect()),
            _ => {}
        }
    }
    findings.extend(stores.into_iter().filter_map(|store| unfit(stack, store)).collect());
}

fn keeps_actors(component: &Component) -> bool {
    component.kind.value.block() == "state"
        && component.plain("actorStateStore").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn two_stores(service: &Service, first: &Component, second: &Component) -> Finding {
    let message = format!("`{}` has two actor stores, `{}` and `{}`", service.name, first.name, second.name);
    let at = |store: &Component| store.item("actorStateStore").and_then(|item| item.value.at).unwrap_or(store.at);
    Finding::new(&RULE, at(second), message)
        .label("the sidecar starts with one and refuses the other")
        .related(Some(at(first)), "the other one")
        .help("let only one of the stores that an app loads keep actors, or part their scopes")
}

fn without_store(service: &Service) -> Option<Finding> {
    let workflow = service.workflow.as_ref()?;
    let message = format!("`{}` runs workflows and has no actor store", service.name);
    let finding = Finding::new(&RULE, workflow.at, message).label("workflows keep their state as actors");
    Some(finding.help("add `actorStore: COMPONENT` to the service"))
}

/// Metadata is not always right about actors; without transactions there are none.
fn unfit(stack: &Stack, store: &Component) -> Option<Finding> {
    let (_, entry) = component_entry(stack, store)?;
    if entry.can("actorStateStore") || entry.can("transactional") {
        return None;
    }
    let at = store.item("actorStateStore").and_then(|item| item.value.at).unwrap_or(store.at);
    let finding = Finding::new(&RULE, at, format!("`{}` cannot keep actors", store.kind.value))
        .label("it has no transactions")
        .related(store.kind.at, "the component's type")
        .help("keep them in a store with transactions, as state.postgresql/v2 or state.redis");
    Some(finding)
}
