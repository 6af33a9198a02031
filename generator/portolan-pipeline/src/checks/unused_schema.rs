use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule = Rule {
    code: "P811",
    severity: Severity::Warning,
    title: "schema of an event that nobody has",
    page: page!("P811"),
};

pub(super) fn check_schemas(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        let Some(known) = event_types(service) else { continue };
        for (event, _) in service.events.iter().filter(|(event, _)| !known.contains(event.value.as_str())) {
            let message = format!("`{}` neither publishes nor handles `{}`", service.name, event.value);
            let finding = Finding::new(&RULE, event.at, message).label("described here");
            findings.push(finding.help(did_you_mean(&event.value, known.iter().copied())));
        }
    }
}

/// The event types of a service; nothing where it has all of a topic, whatever these are.
fn event_types(service: &Service) -> Option<BTreeSet<&str>> {
    let published = service.publishes.iter().map(|publication| &publication.types);
    let lists = published.chain(service.subscriptions.iter().map(|subscription| &subscription.types));
    let mut known = BTreeSet::new();
    for types in lists {
        if types.is_empty() {
            return None;
        }
        known.extend(types.iter().map(String::as_str));
    }
    Some(known)
}
