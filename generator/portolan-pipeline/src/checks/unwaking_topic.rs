use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Subscription, TriggerKind};
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P307",
    severity: Severity::Error,
    title: "topic that does not wake its subscriber",
    page: page!("P307"),
};

pub(super) fn check_topics(stack: &Stack, findings: &mut Findings) {
    if stack.cluster.keda.is_none() {
        return;
    }
    let sleeps = |service: &&Service| service.scale.min.value == 0 && service.run.value != Run::Lambda;
    for service in stack.services.values().filter(sleeps).filter(|service| by_lag_alone(service)) {
        let uncounted = service.subscriptions.iter().filter(|subscription| !counts(service, subscription));
        findings.extend(uncounted.map(|subscription| finding(service, subscription)).collect());
    }
}

/// Whether lag wakes it and no scaler written by hand, of which nobody knows what it counts.
fn by_lag_alone(service: &Service) -> bool {
    let triggers = &service.scale.triggers;
    let by_hand = |kind: &TriggerKind| matches!(kind, TriggerKind::Scaler(kind) if kind.value != "cron");
    triggers.iter().any(|trigger| matches!(trigger.kind, TriggerKind::KafkaLag { .. }))
        && !triggers.iter().any(|trigger| by_hand(&trigger.kind))
}

fn counts(service: &Service, subscription: &Subscription) -> bool {
    let mut kinds = service.scale.triggers.iter().map(|trigger| &trigger.kind);
    kinds.any(|kind| matches!(kind, TriggerKind::KafkaLag { topic, .. } if *topic == subscription.topic))
}

fn finding(service: &Service, subscription: &Subscription) -> Finding {
    let message =
        format!("`{}` sleeps at zero replicas, and events of `{}` do not wake it", service.name, subscription.topic);
    let broadcast = subscription.delivery.value == Delivery::Broadcast;
    let label = if broadcast {
        "while it sleeps, what is broadcast reaches nobody and is gone"
    } else {
        "they wait until another topic wakes it"
    };
    Finding::new(&RULE, service.scale.min.at.unwrap_or(service.at), message)
        .label(label)
        .related(Some(subscription.delivery.at.unwrap_or(subscription.at)), "no lag of this one is counted")
        .help(if broadcast { "write `min: 1`" } else { "write `min: 1`, or a scaler that counts it under `scalers`" })
}
