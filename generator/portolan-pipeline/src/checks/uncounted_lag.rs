use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Trigger, TriggerKind};
use crate::source::Span;
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P306", severity: Severity::Warning, title: "lag that nobody counts", page: page!("P306") };

pub(super) fn check_lag(stack: &Stack, findings: &mut Findings) {
    // What a service subscribes to is not known without its contract.
    let known = |service: &&Service| service.run.value != Run::Lambda && !stack.unread.contains(&service.name);
    for service in stack.services.values().filter(known) {
        let counted = service.scale.triggers.iter().any(|trigger| matches!(trigger.kind, TriggerKind::KafkaLag { .. }));
        // A service that nothing wakes has a finding of its own (P304).
        let sleeps = service.scale.min.value == 0 && !service.scale.triggers.iter().any(Trigger::wakes);
        let Some(at) = service.scale.lag.as_ref().and_then(|lag| lag.at).filter(|_| !counted && !sleeps) else {
            continue;
        };
        findings.push(finding(stack, service, at));
    }
}

fn finding(stack: &Stack, service: &Service, at: Span) -> Finding {
    let message =
        format!("`{}` is to be scaled by lag, and none of its subscriptions has one that is counted", service.name);
    let finding = Finding::new(&RULE, at, message).label("no trigger follows from it");
    let broadcast = service.subscriptions.iter().find(|known| known.delivery.value == Delivery::Broadcast);
    if let Some(subscription) = broadcast {
        return finding
            .related(
                Some(subscription.delivery.at.unwrap_or(subscription.at)),
                "each replica reads all of it, so more of them do not read it faster",
            )
            .help("scale it by `cpu` or by a scaler that counts its connections, and take `lag` away");
    }
    let carried = service.subscriptions.first().and_then(|known| stack.components.get(&known.component));
    match carried {
        Some(component) => finding
            .related(
                component.kind.at,
                format!("`lag` follows from pubsub.kafka alone, not from `{}`", component.kind.value),
            )
            .help("write the scaler that counts it under `scalers`, as `portolan catalogue` names it"),
        None => finding.help("subscribe it to a topic, or take `lag` away"),
    }
}
