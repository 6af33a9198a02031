use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P702",
    severity: Severity::Warning,
    title: "sidecars without mTLS in production",
    page: page!("P702"),
};

pub(super) fn check_mtls(stack: &Stack, findings: &mut Findings) {
    let mtls = &stack.cluster.mtls;
    let Some(at) = mtls.at.filter(|_| !mtls.value && stack.cluster.is_production()) else { return };
    if !stack.services.values().any(Service::has_sidecar) {
        return;
    }
    let invoked =
        stack.services.values().find(|service| service.has_sidecar() && stack.invokers.contains_key(&service.name));
    let finding =
        Finding::new(&RULE, at, "sidecars in production speak to each other in plain, and nobody proves who it is")
            .label("read and written by whoever is on the network")
            .help("take the line away; a service mesh that does it in Dapr's place is worth an entry under `accept`");
    findings.push(match invoked {
        Some(service) => finding.related(Some(service.at), "its access control knows callers by their certificates"),
        None => finding,
    });
}
