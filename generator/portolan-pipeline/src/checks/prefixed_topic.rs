use std::collections::BTreeSet;

use super::evidence::{lag_triggers, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ComponentName, Stack};
use crate::spec::document::TopicOwner;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P215",
    severity: Severity::Error,
    title: "topics that Dapr calls by another name",
    page: page!("P215"),
};

pub(super) fn check_topics(stack: &Stack, findings: &mut Findings) {
    // Where KEDA counts as well, the check of its topic (P204) says the same, with the trigger.
    let counted: BTreeSet<&ComponentName> =
        lag_triggers(stack).filter(|lag| lag.service.has_sidecar()).map(|lag| &lag.component.name).collect();
    // Only a sidecar reads the metadata.
    let read = stack.components.values().filter(|known| known.broadcast_of.is_none() && !known.users.is_empty());
    for component in read {
        let Some(topic) = component.carries.first().filter(|_| !counted.contains(&component.name)) else { continue };
        if component.broker.as_ref().is_none_or(|broker| broker.owner.value == TopicOwner::External) {
            continue;
        }
        let template =
            component.metadata.iter().find(|item| plain(item).is_some_and(|text| text.contains("{namespace}")));
        let Some(item) = template else { continue };
        let namespace = &stack.cluster.namespace.value;
        let message = format!(
            "`{}` of `{}` has `{{namespace}}` in it, so Dapr calls topic `{topic}` `{namespace}{topic}`",
            item.key, component.name
        );
        let place = item.value.at.or(item.key_at).unwrap_or(component.at);
        findings.push(
            Finding::new(&RULE, place, message)
                .label("before every topic of this component")
                .related(
                    stack.topics.get(topic).map(|topic| topic.at),
                    "the topic that is created, and that consumers without a sidecar read",
                )
                .help("write the namespace itself, or `{appID}`, in its place"),
        );
    }
}
