use super::evidence::{all_components, component_entry, pinned_keda};
use crate::catalogue::{Key, ScalerEntry};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Service, Stack, Trigger, TriggerKind};
use crate::source::Span;
use crate::spec::rules::page;
use crate::suggest::nearest;

/// Only a warning: some types start without what their metadata calls required, and fail at the first request.
pub(super) static RULE: Rule =
    Rule { code: "P603", severity: Severity::Warning, title: "required metadata key missing", page: page!("P603") };

pub(super) fn check_keys(stack: &Stack, findings: &mut Findings) {
    for component in all_components(stack).filter(|component| component.broadcast_of.is_none()) {
        check_component(stack, component, findings);
    }
    let Some(release) = pinned_keda(stack) else { return };
    for service in stack.services.values() {
        for trigger in &service.scale.triggers {
            // The other kinds of trigger are portolan's own, and whole.
            if let (TriggerKind::Scaler(kind), Some(entry)) = (&trigger.kind, release.scaler(trigger.scaler())) {
                check_scaler(service, trigger, entry, kind.at.unwrap_or(service.at), findings);
            }
        }
    }
}

fn check_component(stack: &Stack, component: &Component, findings: &mut Findings) {
    let kind = &component.kind.value;
    let Some((_, entry)) = component_entry(stack, component) else { return };
    // What only one side of a binding reads is wanted only where the binding has that side.
    for key in entry.keys.iter().filter(|key| key.required && key.direction.is_none() && !key.is_pattern()) {
        // A slip of the hand is one mistake; the check of unknown keys shows it.
        let misspelt = |name: &str| {
            nearest(name, [key.name.as_str()]).is_some() && !entry.keys.iter().any(|other| other.is_named(name))
        };
        if !component.metadata.iter().any(|item| key.is_named(&item.key) || misspelt(&item.key)) {
            let at = component.kind.at.unwrap_or(component.at);
            let what = format!("`{kind}` wants `{}`, which `{}` does not say", key.name, component.name);
            findings.push(finding(at, what, "it does not load, or does not work, without", key));
        }
    }
}

fn check_scaler(service: &Service, trigger: &Trigger, entry: &ScalerEntry, at: Span, findings: &mut Findings) {
    let required: Vec<&Key> = entry.keys.iter().filter(|key| key.required && !key.is_pattern()).collect();
    for (place, key) in required.iter().enumerate() {
        // Two names of one parameter are one that is missing.
        if required[..place].iter().any(|known| key.aliases.contains(&known.name)) {
            continue;
        }
        let misspelt = |name: &str| {
            nearest(name, [key.name.as_str()]).is_some() && !entry.keys.iter().any(|other| other.is_trigger_key(name))
        };
        let named = |name: &String| key.is_trigger_key(name) || key.aliases.contains(name) || misspelt(name);
        let in_metadata = trigger.metadata.iter().any(|(name, _)| named(name));
        let in_authentication = trigger.authentication.iter().any(|parameter| key.is_named(&parameter.parameter));
        // Whoever KEDA is by its identity needs no credential.
        let by_identity = trigger.pod_identity.is_some() && key.authentication;
        if !in_metadata && !in_authentication && !by_identity {
            let what = format!("scaler `{}` of `{}` wants `{}`", entry.kind, service.name, key.name);
            findings.push(finding(at, what, "KEDA does not scale without", key));
        }
    }
}

fn finding(at: Span, what: String, why: &str, key: &Key) -> Finding {
    let place = if key.authentication && !key.trigger_metadata { "authentication" } else { "metadata" };
    let allowed = if key.allowed.is_empty() { String::new() } else { format!(", one of {}", key.allowed.join(", ")) };
    Finding::new(&RULE, at, what).label(why).help(format!("add `{}` under `{place}`{allowed}", key.name))
}
