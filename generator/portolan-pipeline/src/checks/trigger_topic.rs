use super::evidence::{Lag, lag_triggers, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, MetadataItem, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P204",
    severity: Severity::Error,
    title: "topic of trigger and subscription differ",
    page: page!("P204"),
};

pub(super) fn check_trigger_topics(stack: &Stack, findings: &mut Findings) {
    for lag in lag_triggers(stack).filter(|lag| lag.trigger.value("topicFromEnv").is_none()) {
        let Some(counted) = lag.trigger.value("topic") else { continue };
        let prefix = if lag.service.has_sidecar() { namespaced(lag.component) } else { None };
        let consumed = match prefix {
            Some(_) => format!("{}{}", stack.cluster.namespace.value, lag.topic),
            None => lag.topic.to_string(),
        };
        if counted.value != consumed {
            findings.push(finding(&lag, &counted.value, &consumed, prefix));
        }
    }
}

/// The metadata that makes Dapr put the namespace before each topic: any value with this template in it.
fn namespaced(component: &Component) -> Option<&MetadataItem> {
    component.metadata.iter().find(|item| plain(item).is_some_and(|text| text.contains("{namespace}")))
}

fn finding(lag: &Lag<'_>, counted: &str, consumed: &str, prefix: Option<&MetadataItem>) -> Finding {
    let message = format!("KEDA counts the lag of topic `{counted}`, `{}` consumes `{consumed}`", lag.service.name);
    let at = lag.trigger.value("topic").map_or(lag.subscription.at, |topic| lag.place(topic));
    let finding = Finding::new(&RULE, at, message).label("another topic's lag");
    match prefix {
        Some(item) => finding
            .related(item.value.at, "Dapr puts the namespace before each topic of this component")
            .help("take `{namespace}` out of the component's metadata"),
        None => finding
            .related(Some(lag.subscription.at), "consumed here")
            .help("take the override away: the trigger follows the subscription"),
    }
}
