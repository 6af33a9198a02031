use std::collections::BTreeSet;

use super::evidence::{Lag, lag_triggers};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P208",
    severity: Severity::Error,
    title: "broker's name that KEDA cannot resolve",
    page: page!("P208"),
};

pub(super) fn check_broker_names(stack: &Stack, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for lag in lag_triggers(stack) {
        for (address, at) in addresses(&lag) {
            let Some(why) = unresolvable(host(&address)) else { continue };
            if !seen.insert((at, address.clone())) {
                continue;
            }
            let message = format!("KEDA reads `{address}` from its own namespace, where it {why}");
            findings.push(
                Finding::new(&RULE, at, message)
                    .label("not the broker, seen from there")
                    .related(Some(lag.subscription.at), format!("`{}` is scaled by its lag here", lag.service.name))
                    .help(format!(
                        "write the full name, as in `{}`",
                        full_name(&address, &stack.cluster.namespace.value)
                    )),
            );
        }
    }
}

/// What KEDA is told, as far as it is known, and where it is written.
fn addresses(lag: &Lag<'_>) -> Vec<(String, Span)> {
    let known = lag.broker.addresses.known();
    let listed = known.iter().map(|endpoint| (endpoint.value.to_string(), lag.place(endpoint)));
    let servers =
        lag.trigger.value("bootstrapServers").filter(|servers| known.iter().all(|endpoint| endpoint.at != servers.at));
    match servers {
        Some(servers) => {
            servers.value.split(',').map(|address| (address.trim().to_owned(), lag.place(servers))).collect()
        }
        None => listed.collect(),
    }
}

fn host(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(host, _)| host)
}

fn unresolvable(host: &str) -> Option<&'static str> {
    match host {
        "localhost" => Some("is KEDA itself"),
        _ if host.starts_with("127.") => Some("is KEDA itself"),
        // `name.namespace` is enough, and so is any name outside the cluster.
        _ if !host.is_empty() && !host.contains('.') && !host.starts_with('[') => Some("is nobody's name"),
        _ => None,
    }
}

fn full_name(address: &str, namespace: &str) -> String {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "9092"));
    let service = if unresolvable(host) == Some("is nobody's name") { host } else { "kafka" };
    format!("{service}.{namespace}.svc.cluster.local:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_label_is_too_short_and_two_are_enough() {
        for host in ["kafka", "localhost", "127.0.0.1"] {
            assert!(unresolvable(host).is_some(), "{host}");
        }
        for host in ["kafka.default", "kafka.default.svc", "seed.example.com", "10.0.0.7", ""] {
            assert_eq!(unresolvable(host), None, "{host}");
        }
    }
}
