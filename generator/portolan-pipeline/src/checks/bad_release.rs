use crate::catalogue;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P709", severity: Severity::Warning, title: "release with a known hole", page: page!("P709") };

pub(super) fn check_releases(stack: &Stack, findings: &mut Findings) {
    let keda = stack.cluster.keda.as_ref().map(|keda| ("KEDA", "keda", keda));
    for (name, tool, version) in std::iter::once(("Dapr", "dapr", &stack.cluster.dapr)).chain(keda) {
        findings.extend(found(name, tool, version));
    }
}

fn found(name: &str, tool: &str, version: &Fact<String>) -> Findings {
    let Some(at) = version.at else { return Findings::default() };
    let advisories = catalogue::advisories(tool, &version.value);
    let findings = advisories.map(|(advisory, fixed)| {
        let message = format!("{name} `{}` has a known hole: {}", version.value, advisory.what);
        Finding::new(&RULE, at, message).label("mended since").help(format!("write \"{fixed}\" or newer"))
    });
    findings.collect()
}
