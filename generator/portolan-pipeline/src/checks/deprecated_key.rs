use super::evidence::{all_components, component_entry, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P606", severity: Severity::Warning, title: "deprecated metadata key", page: page!("P606") };

pub(super) fn check_keys(stack: &Stack, findings: &mut Findings) {
    for component in all_components(stack) {
        let kind = &component.kind.value;
        let Some((release, entry)) = component_entry(stack, component) else { continue };
        for (item, at) in written_items(component) {
            let named = release.keys(entry).find(|key| key.name.eq_ignore_ascii_case(&item.key));
            let Some(key) = named.filter(|key| key.deprecated) else { continue };
            let help = match &key.note {
                Some(note) => format!("take it away: {note}"),
                None => "take it away; the component's documentation names what came in its place".to_owned(),
            };
            let message = format!("`{}` of `{kind}` is deprecated", key.name);
            findings.push(Finding::new(&RULE, at, message).label("still read, not for ever").help(help));
        }
    }
}
