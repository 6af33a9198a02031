use crate::catalogue;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P602",
    severity: Severity::Warning,
    title: "version that the catalogue does not know",
    page: page!("P602"),
};

pub(super) fn check_versions(stack: &Stack, findings: &mut Findings) {
    let dapr = &stack.cluster.dapr;
    if catalogue::dapr(&dapr.value).is_none() {
        findings.extend(unknown("Dapr", "component metadata", dapr, catalogue::dapr_versions()));
    }
    if let Some(keda) = stack.cluster.keda.as_ref().filter(|keda| catalogue::keda(&keda.value).is_none()) {
        findings.extend(unknown("KEDA", "trigger metadata", keda, catalogue::keda_versions()));
    }
}

fn unknown(tool: &str, metadata: &str, version: &Fact<String>, known: impl Iterator<Item = &'static str>) -> Findings {
    let known: Vec<&str> = known.collect();
    let message = format!("{tool} `{}` is not known, so {metadata} is not checked", version.value);
    let finding = version.at.map(|at| Finding::new(&RULE, at, message).label("not in the catalogue"));
    finding.map(|finding| finding.help(format!("known versions: {}", known.join(", ")))).into_iter().collect()
}
