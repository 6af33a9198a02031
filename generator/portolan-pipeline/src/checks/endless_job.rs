use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

/// Only a warning: the app may end its sidecar itself, which the spec does not say.
pub(super) static RULE: Rule =
    Rule { code: "P319", severity: Severity::Warning, title: "job that its sidecar keeps", page: page!("P319") };

pub(super) fn check_sidecars(stack: &Stack, findings: &mut Findings) {
    if stack.cluster.has_native_sidecars() {
        return;
    }
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        let Some(job) = &service.scale.job else { continue };
        let message = format!("`{}` runs as jobs, and its sidecar does not end with it", service.name);
        findings.push(
            Finding::new(&RULE, job.chosen.at.unwrap_or(service.at), message)
                .label("such a job never ends")
                .related(stack.cluster.dapr.at, "sidecars end with the app from Dapr 1.18 on")
                .help("let the app post to http://localhost:3500/v1.0/shutdown when its work is done, or write `dapr: \"1.18\"` under `cluster`"),
        );
    }
}
