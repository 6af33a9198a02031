use super::evidence::thousandths;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, TriggerKind};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P308", severity: Severity::Error, title: "share of a request that is zero", page: page!("P308") };

pub(super) fn check_requests(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        let used = service.scale.triggers.iter().filter_map(|trigger| match trigger.kind {
            TriggerKind::Resource(resource) => Some((resource, trigger.value("value").and_then(|value| value.at))),
            TriggerKind::KafkaLag { .. } | TriggerKind::Scaler(_) => None,
        });
        findings.extend(used.filter_map(|(resource, at)| finding(service, resource, at)).collect());
    }
}

fn finding(service: &Service, resource: &str, at: Option<crate::source::Span>) -> Option<Finding> {
    let [cpu, memory, _] = &service.resources;
    let (request, example) = if resource == "cpu" { (cpu, "50m") } else { (memory, "64Mi") };
    let place = request.at.filter(|_| thousandths(&request.value) == Some(0))?;
    let message = format!("`{}` is scaled by a share of its {resource} request, which is zero", service.name);
    Some(
        Finding::new(&RULE, place, message)
            .label("no share of it can be computed")
            .related(at, "the share")
            .help(format!("write what it needs, as in `{resource}: {example}`")),
    )
}
