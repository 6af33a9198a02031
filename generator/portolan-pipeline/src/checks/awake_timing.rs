use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P311",
    severity: Severity::Warning,
    title: "timing of a sleep that never comes",
    page: page!("P311"),
};

pub(super) fn check_timing(stack: &Stack, findings: &mut Findings) {
    let awake = |service: &&Service| stack.cluster.keda.is_some() && service.scale.min.value > 0;
    findings.extend(stack.services.values().filter(awake).filter_map(finding).collect());
}

/// Both in one file: what another environment sets for its own bounds may stand in the stack.
fn finding(service: &Service) -> Option<Finding> {
    let scale = &service.scale;
    let min = scale.min.at?;
    let at = scale.cooldown_period.at.filter(|at| at.file == min.file)?;
    let message =
        format!("`{}` never goes to zero replicas, so its `cooldownPeriod` is never waited for", service.name);
    Some(
        Finding::new(&RULE, at, message)
            .label("holds for the last replica alone")
            .related(Some(min), "the lower bound")
            .help("write `scaleDownStabilization` for replicas that go later, or take the line away"),
    )
}
