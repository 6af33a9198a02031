use std::collections::BTreeSet;

use super::evidence::{Lag, lag_triggers, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Service, Stack, Subscription};
use crate::spec::contract::Delivery;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P203",
    severity: Severity::Error,
    title: "consumer group of trigger and consumer differ",
    page: page!("P203"),
};

/// Dapr's templates that KEDA cannot know the value of.
const UNKNOWABLE: [&str; 2] = ["{podName}", "{uuid}"];

pub(super) fn check_trigger_groups(stack: &Stack, findings: &mut Findings) {
    check_overrides(stack, findings);
    let mut seen = BTreeSet::new();
    for lag in lag_triggers(stack) {
        if let Some(finding) = differing(&lag) {
            findings.push(finding);
        } else if let Some(finding) = unknowable(&lag)
            && seen.insert(finding.at)
        {
            findings.push(finding);
        }
    }
}

fn differing(lag: &Lag<'_>) -> Option<Finding> {
    let counted = lag.trigger.value("consumerGroup")?;
    let group = &lag.subscription.group;
    if counted.value == group.value || lag.trigger.value("consumerGroupFromEnv").is_some() {
        return None;
    }
    let message = format!(
        "KEDA counts the lag of group `{}`, `{}` consumes as `{}`",
        counted.value, lag.service.name, group.value
    );
    let finding = Finding::new(&RULE, lag.place(counted), message).label("another group's lag");
    let related =
        finding.related(Some(group.at.unwrap_or(lag.subscription.at)), format!("consumed as `{}`", group.value));
    Some(related.help("take the override away: the trigger follows the consumer's group"))
}

/// A group that is another one in each replica, or that lies in a secret.
fn unknowable(lag: &Lag<'_>) -> Option<Finding> {
    let item = lag.component.written_group().filter(|item| item.value.at == lag.subscription.group.at)?;
    let why = match plain(item) {
        None => "lies in a secret",
        Some(text) if UNKNOWABLE.iter().any(|template| text.contains(template)) => "is another one in each replica",
        Some(_) => return None,
    };
    let message = format!("the consumer group of `{}` {why}, so KEDA cannot count its lag", lag.component.name);
    let finding = Finding::new(&RULE, item.value.at?, message).label("only Dapr knows this group");
    let related = finding.related(
        Some(lag.place(&lag.trigger.value("lagThreshold")?.clone())),
        format!("`{}` is scaled by its lag", lag.service.name),
    );
    Some(related.help("take the line away: the group is then the app-id; or take `lag` away"))
}

/// A sidecar consumes as the component says, whatever a subscription says.
fn check_overrides(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        for subscription in service.subscriptions.iter().filter(|known| known.delivery.value == Delivery::Shared) {
            let Some(component) = stack.components.get(&subscription.component) else { continue };
            if let Some(finding) = without_effect(stack, service, subscription, component) {
                findings.push(finding);
            }
        }
    }
}

fn without_effect(
    stack: &Stack,
    service: &Service,
    subscription: &Subscription,
    component: &Component,
) -> Option<Finding> {
    let at = subscription.group.at?;
    let written = component.written_group();
    if written.is_some_and(|item| item.value.at == Some(at)) {
        return None;
    }
    let effective = match written {
        Some(item) => group_in_metadata(plain(item)?, service, stack),
        None => service.app_id.value.to_string(),
    };
    if subscription.group.value == effective {
        return None;
    }
    let message = format!(
        "Dapr consumes `{}` for `{}` as group `{effective}`, not as `{}`",
        subscription.topic, service.name, subscription.group.value
    );
    Some(
        Finding::new(&RULE, at, message)
            .label("has no effect behind a sidecar")
            .related(
                written.and_then(|item| item.value.at).or(Some(component.at)),
                "the group follows from the component",
            )
            .help(format!(
                "take `group` away, write `consumerGroup` in the metadata of `{}`, or `run: kafka`",
                component.name
            )),
    )
}

fn group_in_metadata(text: &str, service: &Service, stack: &Stack) -> String {
    let app = service.app_id.value.as_str();
    text.replace("{namespace}", &format!("{}.{app}", stack.cluster.namespace.value)).replace("{appID}", app)
}
