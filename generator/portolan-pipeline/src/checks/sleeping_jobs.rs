use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P303", severity: Severity::Error, title: "jobs of a service that goes to zero", page: page!("P303") };

pub(super) fn check_jobs(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar() && service.scale.at_rest().value == 0)
    {
        let Some(job) = service.jobs.first() else { continue };
        let message = format!("`{}` schedules jobs, and at zero replicas nobody receives them", service.name);
        findings.push(
            Finding::new(&RULE, service.scale.at_rest().at.unwrap_or(service.at), message)
                .label("a due job wakes nobody")
                .related(Some(job.at), format!("the job `{}`", job.name))
                .help("write `min: 1`"),
        );
    }
}
