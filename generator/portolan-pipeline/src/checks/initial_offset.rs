use std::collections::BTreeMap;

use super::evidence::{Lag, lag_triggers, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, MetadataItem, Service, Stack, Subscription};
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P301",
    severity: Severity::Error,
    title: "offset policy that loses the first events",
    page: page!("P301"),
};

pub(super) fn check_offsets(stack: &Stack, findings: &mut Findings) {
    let mut newest = stack
        .components
        .values()
        .filter_map(|component| Some((&component.name, newest_item(component)?)))
        .collect::<BTreeMap<_, _>>();
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        for subscription in service.subscriptions.iter().filter(|known| known.delivery.value == Delivery::Shared) {
            // One finding a component, with the first that is harmed.
            if let Some(item) = newest.remove(&subscription.component) {
                findings.push(component_finding(service, subscription, item));
            }
        }
    }
    findings.extend(lag_triggers(stack).filter_map(|lag| trigger_finding(&lag)).collect());
}

/// `initialOffset` is read in exactly this spelling, its value in any.
fn newest_item(component: &Component) -> Option<&MetadataItem> {
    let item = component.metadata.iter().find(|item| item.key == "initialOffset")?;
    plain(item).is_some_and(|text| text.eq_ignore_ascii_case("newest")).then_some(item)
}

fn component_finding(service: &Service, subscription: &Subscription, item: &MetadataItem) -> Finding {
    let at = item.value.at.or(item.key_at).unwrap_or(subscription.at);
    let message = format!("the group of `{}` begins at the newest event of `{}`", service.name, subscription.topic);
    let zero = service.scale.min.value == 0;
    Finding::new(&RULE, at, message)
        .label("what was published before its first commit is never delivered")
        .related(Some(subscription.at), format!("`{}` needs every event", service.name))
        .related(
            service.scale.min.at.filter(|_| zero),
            "at zero replicas the first events come before the group is there",
        )
        .help("take the line away: the default is `oldest`")
}

fn trigger_finding(lag: &Lag<'_>) -> Option<Finding> {
    let policy = lag.trigger.value("offsetResetPolicy")?;
    let from_component = newest_item(lag.component).is_some_and(|item| item.value.at == policy.at);
    if policy.value != "latest" || from_component {
        return None;
    }
    let message = format!(
        "the trigger on `{}` counts from the latest event, the group of `{}` begins at the oldest",
        lag.topic, lag.service.name
    );
    let zero = lag.service.scale.min.value == 0;
    let label = if zero {
        "without a commit this never reaches zero, nor wakes"
    } else {
        "without a commit there is no lag to count"
    };
    let finding = Finding::new(&RULE, lag.place(policy), message).label(label);
    Some(
        finding
            .related(Some(lag.subscription.at), "consumed here")
            .help("take the override away: `earliest` follows from the component"),
    )
}
