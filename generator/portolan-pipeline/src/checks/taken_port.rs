use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P114", severity: Severity::Error, title: "port that the app cannot have", page: page!("P114") };

/// What daprd listens at in the same pod (dapr 1.18, `pkg/injector`).
const SIDECAR: [(u16, &str); 5] = [
    (3500, "its HTTP API"),
    (3501, "its health"),
    (9090, "its metrics"),
    (50001, "its gRPC API"),
    (50002, "other sidecars"),
];

pub(super) fn check_ports(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        let port = &service.port;
        let taken = SIDECAR.iter().find(|(taken, _)| service.has_sidecar() && *taken == port.value);
        let (label, what) = match taken {
            Some((_, what)) => (format!("its sidecar listens there for {what}"), "is taken by the sidecar"),
            None if port.value == 0 => ("no port has this number".to_owned(), "is none"),
            None => continue,
        };
        let message = format!("port {} of `{}` {what}", port.value, service.name);
        let finding = Finding::new(&RULE, port.at.unwrap_or(service.at), message).label(label);
        findings.push(finding.help("write another one, 8080 for instance; `PORT` tells it to the app"));
    }
}
