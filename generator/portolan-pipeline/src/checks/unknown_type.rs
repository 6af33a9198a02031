use super::evidence::{Suggestions, all_components, pinned_keda};
use crate::catalogue::{self, DaprRelease, KedaRelease};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Stack, TriggerKind};
use crate::spec::rules::page;

/// Only a warning: a pluggable component may be of any type.
pub(super) static RULE: Rule =
    Rule { code: "P604", severity: Severity::Warning, title: "unknown component type or scaler", page: page!("P604") };

pub(super) fn check_types(stack: &Stack, findings: &mut Findings) {
    if let Some(release) = catalogue::dapr(&stack.cluster.dapr.value) {
        let mut suggestions = Suggestions::among(release.types());
        for component in all_components(stack) {
            findings.extend(unknown_component(release, component, &mut suggestions).into_iter().collect());
        }
    }
    if let Some(release) = pinned_keda(stack) {
        check_scalers(stack, release, findings);
    }
}

fn unknown_component(
    release: &DaprRelease,
    component: &Component,
    suggestions: &mut Suggestions<'_>,
) -> Option<Finding> {
    let kind = &component.kind.value;
    // The bus is not Dapr's to know.
    if component.broadcast_of.is_some()
        || kind.is_eventbridge()
        || release.component(&kind.name, &kind.version).is_some()
    {
        return None;
    }
    let at = component.kind.at.unwrap_or(component.at);
    let versions: Vec<&str> = release.versions(&kind.name).collect();
    if !versions.is_empty() {
        let message = format!("`{}` has no version `{}`", kind.name, kind.version);
        let help = format!("write `{}/{}`; known: {}", kind.name, versions[0], versions.join(", "));
        return Some(Finding::new(&RULE, at, message).label("no such version").help(help));
    }
    let message = format!("Dapr {} has no component type `{}`", release.minor, kind.name);
    let help = suggestions.help(&kind.name, "a pluggable component may be of any type; its metadata is not checked");
    Some(Finding::new(&RULE, at, message).label("not among its component types").help(help))
}

fn check_scalers(stack: &Stack, release: &KedaRelease, findings: &mut Findings) {
    let mut suggestions = Suggestions::among(release.types());
    for service in stack.services.values() {
        for trigger in &service.scale.triggers {
            let TriggerKind::Scaler(kind) = &trigger.kind else { continue };
            if release.scaler(&kind.value).is_some() {
                continue;
            }
            let message = format!("KEDA {} has no scaler `{}`", release.minor, kind.value);
            let help = suggestions.help(&kind.value, "a scaler of one's own is `external` or `external-push`");
            findings
                .push(Finding::new(&RULE, kind.at.unwrap_or(service.at), message).label("no such scaler").help(help));
        }
    }
}
