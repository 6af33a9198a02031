use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Trigger, TriggerKind};
use crate::source::Span;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P304", severity: Severity::Error, title: "zero replicas that nothing wakes", page: page!("P304") };

pub(super) fn check_wake(stack: &Stack, findings: &mut Findings) {
    // What a service subscribes to is not known without its contract.
    let known = |service: &&Service| service.run.value != Run::Lambda && !stack.unread.contains(&service.name);
    for service in stack.services.values().filter(known) {
        let triggers = &service.scale.triggers;
        if stack.cluster.keda.is_none() {
            findings_without_keda(service, triggers, findings);
        } else if starts_from_nothing(service) && !triggers.iter().any(Trigger::wakes) {
            findings.push(without_trigger(service));
        }
    }
}

/// Whether the first replica, or any job, has to be asked for.
fn starts_from_nothing(service: &Service) -> bool {
    service.scale.at_rest().value == 0 || service.scale.job.is_some()
}

/// An HPA knows CPU by itself; everything else is KEDA's to count.
fn findings_without_keda(service: &Service, triggers: &[Trigger], findings: &mut Findings) {
    let by_hpa =
        |trigger: &&Trigger| service.scale.job.is_none() && matches!(trigger.kind, TriggerKind::Resource("cpu"));
    let counted = triggers.iter().find(|trigger| !by_hpa(trigger));
    match counted {
        Some(trigger) => findings.push(without_keda(service, trigger)),
        None if starts_from_nothing(service) => findings.push(without_trigger(service)),
        None => {}
    }
}

fn place(trigger: &Trigger) -> Option<Span> {
    match &trigger.kind {
        TriggerKind::KafkaLag { at, .. } => Some(*at),
        TriggerKind::Resource(_) => trigger.value("value")?.at,
        TriggerKind::Scaler(kind) => kind.at,
    }
}

fn without_keda(service: &Service, trigger: &Trigger) -> Finding {
    let what = match &trigger.kind {
        TriggerKind::KafkaLag { .. } => "its lag".to_owned(),
        _ => format!("`{}`", trigger.scaler()),
    };
    Finding::new(&RULE, place(trigger).unwrap_or(service.at), format!("`{}` is scaled by {what}, and the cluster has no KEDA", service.name))
        .label("nobody counts it")
        .related(service.scale.min.at, "the replicas stay at this number")
        .help("write `keda: VERSION` under `cluster`, or take it back in this environment (`lag:` with nothing behind it) with a `min` of 1 or more")
}

fn without_trigger(service: &Service) -> Finding {
    let scale = &service.scale;
    if let Some(job) = &scale.job {
        let message = format!("`{}` runs as jobs and has no trigger that starts one", service.name);
        return Finding::new(&RULE, job.chosen.at.unwrap_or(service.at), message)
            .label("no job is ever started for what waits")
            .help("add `lag: NUMBER` and a shared subscription, or one of KEDA's `scalers`");
    }
    let message = format!("`{}` goes to zero replicas and has no trigger that wakes it", service.name);
    let instead = if scale.idle.is_some() { "take `idle` away" } else { "write `min: 1`" };
    Finding::new(&RULE, scale.at_rest().at.unwrap_or(service.at), message).label("it would stay at zero for ever").help(
        format!("add `lag: NUMBER` and a shared subscription, or {instead}; CPU is not used by what does not run"),
    )
}
