use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{JobShape, Service, Stack};
use crate::source::Span;
use crate::spec::contract::Delivery;
use crate::spec::document::{Run, StrategyKind};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P318", severity: Severity::Error, title: "what a job does not have", page: page!("P318") };

pub(super) fn check_jobs(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let Some(job) = &service.scale.job else { continue };
        let mut report = |at: Span, message: String, help: &str| {
            findings.push(
                Finding::new(&RULE, at, message)
                    .label("without effect")
                    .related(job.chosen.at, "it runs as jobs")
                    .help(help.to_owned()),
            );
        };
        if let Some((field, at)) = service.scale.of_a_scaled_object {
            let message = format!("`{}` runs as jobs, and a ScaledJob has no `{field}`", service.name);
            report(at, message, "take it away, or write `as: deployment`");
        }
        if let Some(at) = service.expose.at.filter(|_| service.expose.value) {
            let message = format!("`{}` runs as jobs, and nobody can call what comes and goes", service.name);
            report(at, message, "take `expose` away, or write `as: deployment`");
        }
        if let Some(at) = broadcast(service) {
            let message = format!("`{}` runs as jobs, and sees only what is published while one runs", service.name);
            report(at, message, "write `delivery: shared`, or `as: deployment`");
        }
        if let Some(at) = custom(job) {
            let message = format!("`{}` has values of the strategy custom, and takes another one", service.name);
            report(at, message, "write `strategy: custom` beside them, or take them away");
        }
    }
}

fn broadcast(service: &Service) -> Option<Span> {
    let mut subscriptions = service.subscriptions.iter();
    let found = subscriptions.find(|subscription| subscription.delivery.value == Delivery::Broadcast)?;
    Some(found.delivery.at.unwrap_or(found.at))
}

/// KEDA reads them with that one strategy only.
fn custom(job: &JobShape) -> Option<Span> {
    if job.strategy.as_ref().is_some_and(|strategy| strategy.value == StrategyKind::Custom) {
        return None;
    }
    let deduction = job.deduction.as_ref().and_then(|deduction| deduction.at);
    deduction.or(job.running_share.as_ref().and_then(|share| share.at))
}
