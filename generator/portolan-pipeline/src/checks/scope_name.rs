use std::collections::BTreeSet;

use super::evidence::{BY_APP, FOR_ALL, TopicList};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ExternalTarget, Stack, TopicName};
use crate::spec::rules::page;
use crate::suggest::nearest;

/// Only a warning: other stacks may share the component's broker, and their apps and topics are not known here.
pub(super) static RULE: Rule =
    Rule { code: "P210", severity: Severity::Warning, title: "slip in a topic scope", page: page!("P210") };

pub(super) fn check_names(stack: &Stack, findings: &mut Findings) {
    let originals = stack.components.values().filter(|component| component.broadcast_of.is_none());
    let listing: Vec<&Component> =
        originals.filter(|component| BY_APP.iter().chain(&FOR_ALL).any(|key| component.item(key).is_some())).collect();
    if listing.is_empty() {
        return;
    }
    let topics: BTreeSet<&str> = stack.topics.keys().map(TopicName::as_str).collect();
    let apps = apps(stack);
    for component in listing {
        for list in BY_APP.iter().filter_map(|key| TopicList::of(component, key)) {
            for (app, listed) in list.apps() {
                findings.extend(slip(component, &list, "app", app, &apps).into_iter().collect());
                let slips = listed.into_iter().filter_map(|topic| slip(component, &list, "topic", topic, &topics));
                findings.extend(slips.collect());
            }
            findings.extend(list.unread().map(|part| unread(component, &list, part)).collect());
        }
        for list in FOR_ALL.iter().filter_map(|key| TopicList::of(component, key)) {
            let slips = list.topics().into_iter().filter_map(|topic| slip(component, &list, "topic", topic, &topics));
            findings.extend(slips.collect());
        }
    }
}

fn apps(stack: &Stack) -> BTreeSet<&str> {
    let ours = stack.services.values().map(|service| service.app_id.value.as_str());
    let others = stack.externals.values().filter_map(|external| match &external.target {
        ExternalTarget::App(app) => app.value.split('.').next(),
        ExternalTarget::Url(_) => None,
    });
    ours.chain(others).collect()
}

/// A name that is not known and nearly one that is.
fn slip(
    component: &Component,
    list: &TopicList<'_>,
    what: &str,
    name: &str,
    known: &BTreeSet<&str>,
) -> Option<Finding> {
    if known.contains(name) {
        return None;
    }
    let meant = nearest(name, known.iter().copied())?;
    let message = format!("`{}` of `{}` names the {what} `{name}`, which is not declared", list.key, component.name);
    let finding =
        Finding::new(&RULE, list.at().unwrap_or(component.at), message).label("Dapr compares the names as they stand");
    Some(finding.help(format!("did you mean `{meant}`?")))
}

fn unread(component: &Component, list: &TopicList<'_>, part: &str) -> Finding {
    let message = format!("`{}` of `{}` has a part without `=`: `{part}`", list.key, component.name);
    Finding::new(&RULE, list.at().unwrap_or(component.at), message)
        .label("Dapr passes over it")
        .help("write `app1=topic1,topic2;app2=topic3`: `;` between apps, `,` between topics")
}
