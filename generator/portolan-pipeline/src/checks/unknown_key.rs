use super::evidence::{all_components, component_entry, pinned_keda, written_items};
use crate::catalogue::{Key, ScalerEntry};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Service, Stack, Trigger};
use crate::source::Span;
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule =
    Rule { code: "P601", severity: Severity::Error, title: "unknown metadata key", page: page!("P601") };

pub(super) fn check_keys(stack: &Stack, findings: &mut Findings) {
    for component in all_components(stack) {
        check_component(stack, component, findings);
    }
    let Some(release) = pinned_keda(stack) else { return };
    for service in stack.services.values() {
        for trigger in &service.scale.triggers {
            if let Some(entry) = release.scaler(trigger.scaler()) {
                check_trigger(service, trigger, entry, findings);
            }
        }
    }
}

/// A type that the catalogue does not know may have any key.
fn check_component(stack: &Stack, component: &Component, findings: &mut Findings) {
    let kind = &component.kind.value;
    let Some((release, entry)) = component_entry(stack, component) else { return };
    for (item, at) in written_items(component) {
        let mut keys = release.keys(entry);
        if keys.clone().any(|key| key.is_named(&item.key)) {
            continue;
        }
        let known = sorted(keys.clone());
        let in_other_case = keys.find(|key| key.name.eq_ignore_ascii_case(&item.key));
        let whose = format!("`{kind}`");
        findings.push(unknown(&item.key, at, &whose, "Dapr", in_other_case, &known));
    }
}

fn check_trigger(service: &Service, trigger: &Trigger, entry: &ScalerEntry, findings: &mut Findings) {
    for (name, value) in
        trigger.metadata.iter().filter(|(name, _)| !entry.keys.iter().any(|key| key.is_trigger_key(name)))
    {
        let Some(at) = value.at else { continue };
        // A secret in plain (P501) has to be moved from here anyway.
        if !value.value.is_empty() && entry.keys.iter().any(|key| key.sensitive && key.name == *name) {
            continue;
        }
        let whose = format!("KEDA's scaler `{}`, which scales `{}`,", entry.kind, service.name);
        let allowed = entry.keys.iter().filter(|key| key.trigger_metadata);
        let known = sorted(allowed.clone());
        let in_other_case = allowed.clone().find(|key| key.name.eq_ignore_ascii_case(name));
        findings.push(match entry.keys.iter().find(|key| key.name == *name) {
            Some(key) => for_authentication(key, at, &whose),
            None => unknown(name, at, &whose, "KEDA", in_other_case, &known),
        });
    }
}

fn sorted<'a>(keys: impl Iterator<Item = &'a Key>) -> Vec<&'a str> {
    let mut names: Vec<&str> = keys.map(|key| key.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn unknown(name: &str, at: Span, whose: &str, reader: &str, in_other_case: Option<&Key>, known: &[&str]) -> Finding {
    let ignored = format!("{reader} ignores it without a word");
    if let Some(key) = in_other_case {
        let message = format!("{whose} reads `{}` in exactly this spelling, not as `{name}`", key.name);
        return Finding::new(&RULE, at, message).label(ignored).help(format!("write `{}`", key.name));
    }
    let message = format!("{whose} has no metadata key `{name}`");
    Finding::new(&RULE, at, message).label(ignored).help(did_you_mean(name, known.iter().copied()))
}

fn for_authentication(key: &Key, at: Span, whose: &str) -> Finding {
    let message = format!("{whose} takes `{}` from a TriggerAuthentication, not from the trigger", key.name);
    Finding::new(&RULE, at, message)
        .label("KEDA ignores it here")
        .help("of a lag trigger it follows from `auth` and `tls` of the component; of a scaler it stands under `authentication`")
}
