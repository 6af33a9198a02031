use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Trigger, TriggerKind};
use crate::source::Span;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P304", severity: Severity::Error, title: "zero replicas that nothing wakes", page: page!("P304") };

pub(super) fn check_wake(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let lag = service.scale.triggers.iter().find_map(lag_place);
        match (lag, &stack.cluster.keda) {
            (Some(at), None) => findings.push(without_keda(service, at)),
            // What it subscribes to is not known without its contract.
            (None, _) if service.scale.min.value == 0 && !stack.unread.contains(&service.name) => {
                findings.push(without_trigger(service));
            }
            _ => {}
        }
    }
}

fn lag_place(trigger: &Trigger) -> Option<Span> {
    match &trigger.kind {
        TriggerKind::KafkaLag { at, .. } => Some(*at),
        TriggerKind::Cpu(_) => None,
    }
}

fn without_keda(service: &Service, at: Span) -> Finding {
    Finding::new(&RULE, at, format!("`{}` is scaled by its lag, and the cluster has no KEDA", service.name))
        .label("nobody counts the lag")
        .related(service.scale.min.at, "the replicas stay at this number")
        .help("write `keda: VERSION` under `cluster`, or in this environment `lag: ~` with a `min` of 1 or more")
}

fn without_trigger(service: &Service) -> Finding {
    let message = format!("`{}` goes to zero replicas and has no trigger that wakes it", service.name);
    Finding::new(&RULE, service.scale.min.at.unwrap_or(service.at), message)
        .label("it would stay at zero for ever")
        .help("add `lag: NUMBER` and a shared subscription, or write `min: 1`; CPU is not used by what does not run")
}
