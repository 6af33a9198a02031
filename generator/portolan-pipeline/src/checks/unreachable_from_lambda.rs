use super::evidence::used_by_functions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Service, Stack};
use crate::spec::Endpoint;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P809", severity: Severity::Error, title: "address that Lambda cannot reach", page: page!("P809") };

pub(super) fn check_addresses(stack: &Stack, findings: &mut Findings) {
    let Some(service) = stack.services.values().find(|service| service.run.value == Run::Lambda) else { return };
    if let Some(otlp) = stack.tracing.as_ref().and_then(|tracing| tracing.otlp.as_ref()) {
        findings.extend(problem(service, "traces go to", &otlp.address).into_iter().collect());
    }
    for (name, service) in used_by_functions(stack) {
        let broker = stack.components.get(name).and_then(|component| component.broker.as_ref());
        let known = broker.map_or(&[][..], |broker| broker.addresses.known());
        let first = known.iter().find_map(|address| problem(service, "it uses the broker", address));
        findings.extend(first.into_iter().collect());
    }
}

fn problem(service: &Service, what: &str, address: &Fact<Endpoint>) -> Option<Finding> {
    let host = &address.value.host;
    if !is_inside_a_cluster(host) {
        return None;
    }
    let message = format!("`{}` runs on Lambda, {what} `{host}`, and only a pod can resolve that name", service.name);
    let finding =
        Finding::new(&RULE, address.at.unwrap_or(service.at), message).label("a name of the cluster's own DNS");
    let finding = finding.related(service.run.at, "it runs on Lambda here");
    Some(finding.help("write a name that the function's network resolves"))
}

/// `name`, `name.namespace.svc` and what follows from them. An address of digits is no name.
fn is_inside_a_cluster(host: &str) -> bool {
    let is_number = host.contains(':') || host.split('.').all(|part| part.parse::<u8>().is_ok());
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    !is_number && matches!(labels.as_slice(), [_] | [.., "svc"] | [.., "cluster", "local"])
}
