use super::evidence::read_by_functions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Service, Stack};
use crate::source::Span;
use crate::spec::document::Sasl;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P808", severity: Severity::Error, title: "broker that Lambda cannot read", page: page!("P808") };

pub(super) fn check_sources(stack: &Stack, findings: &mut Findings) {
    for (name, service) in read_by_functions(stack) {
        let Some(component) = stack.components.get(name) else { continue };
        if let Some(broker) = &component.broker {
            findings.extend(problem(component, broker, service).into_iter().collect());
        }
    }
}

fn problem(component: &Component, broker: &Broker, service: &Service) -> Option<Finding> {
    let (name, source) = (&component.name, &broker.event_source);
    let sasl = broker.credentials.as_ref().map(|credentials| &credentials.sasl);
    let finding = |at: Option<Span>, message: String, help: &str| {
        let finding = Finding::new(&RULE, at.unwrap_or(component.at), message);
        finding
            .label("Lambda reads nothing")
            .related(service.run.at, format!("`{}` runs on Lambda", service.name))
            .help(help)
    };
    if let (Some(sasl), false) = (sasl, broker.encryption.value.is_tls()) {
        let message = format!("`{name}` has users and no TLS, and Lambda sends credentials over TLS only");
        return Some(finding(broker.encryption.at.or(sasl.at), message, "write `tls: true`"));
    }
    if let (Some(sasl), None) = (sasl, &source.credentials) {
        let message = format!("`{name}` has users, and no secret in Secrets Manager says which one Lambda is");
        let help = "add `eventSource: { credentials: ARN }`, of a secret with `username` and `password`";
        return Some(finding(sasl.at, message, help));
    }
    if let (Some(cluster), Some(sasl)) = (&source.cluster, sasl)
        && sasl.value != Sasl::ScramSha512
    {
        let message = format!("MSK has no users by {}, only by SCRAM-SHA-512", sasl.value.kafka());
        let message = format!("`{name}` is an MSK cluster: {message}");
        return Some(finding(sasl.at, message, "write `sasl: scram-sha-512`").related(cluster.at, "the cluster"));
    }
    if source.cluster.is_none() && broker.addresses.known().is_empty() {
        let message = format!("the addresses of `{name}` lie in a secret, and an event source has to name them");
        let at = broker.addresses.setting().at;
        return Some(finding(at, message, "add `expect: [HOST:PORT]` to `brokers`, or the ARN of an MSK cluster"));
    }
    None
}
