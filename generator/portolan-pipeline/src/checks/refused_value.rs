use super::evidence::{all_components, component_entry, pinned_keda, plain, written_items};
use crate::catalogue::Key;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Stack, Trigger};
use crate::source::Span;
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule =
    Rule { code: "P605", severity: Severity::Error, title: "metadata value that is not allowed", page: page!("P605") };

/// What the checks of agreement (P206, P207) say more of.
const AGREED: [&str; 4] = ["authType", "saslMechanism", "sasl", "tls"];

pub(super) fn check_values(stack: &Stack, findings: &mut Findings) {
    for component in all_components(stack) {
        check_component(stack, component, findings);
    }
    let Some(release) = pinned_keda(stack) else { return };
    for trigger in stack.services.values().flat_map(|service| &service.scale.triggers) {
        if let Some(entry) = release.scaler(trigger.scaler()) {
            findings.extend(check_trigger(&entry.keys, trigger));
        }
    }
}

fn check_component(stack: &Stack, component: &Component, findings: &mut Findings) {
    let Some((release, entry)) = component_entry(stack, component) else { return };
    for (item, key_at) in written_items(component) {
        // An alias may stand for another set of values.
        let key = release.keys(entry).find(|key| key.name.eq_ignore_ascii_case(&item.key));
        if let (Some(key), Some(text)) = (key, plain(item))
            && let Some(finding) = check_value(key, text, item.value.at.unwrap_or(key_at))
        {
            findings.push(finding);
        }
    }
}

fn check_trigger(keys: &[Key], trigger: &Trigger) -> Findings {
    let written = trigger.metadata.iter().filter_map(|(name, value)| Some((name, &value.value, value.at?)));
    let values =
        written.filter_map(|(name, text, at)| check_value(keys.iter().find(|key| key.name == *name)?, text, at));
    values.collect()
}

/// Most readers fold case, so only a value that is wrong in any case is reported.
fn check_value(key: &Key, text: &str, at: Span) -> Option<Finding> {
    let several = key.separator.as_deref().filter(|separator| !separator.is_empty());
    let values: Vec<&str> =
        several.map_or_else(|| vec![text], |separator| text.split(separator).map(str::trim).collect());
    let allowed = |value: &&str| key.allowed.iter().any(|known| known.eq_ignore_ascii_case(value));
    if AGREED.contains(&key.name.as_str())
        || key.sensitive
        || key.allowed.is_empty()
        || text.is_empty()
        || text.contains('{')
        || values.iter().all(allowed)
    {
        return None;
    }
    let help = did_you_mean(text, key.allowed.iter().map(String::as_str));
    let message = format!("`{}` cannot be `{text}`", key.name);
    Some(Finding::new(&RULE, at, message).label("not among its values").help(help))
}
