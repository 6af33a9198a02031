use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P108",
    severity: Severity::Error,
    title: "mode that the contract does not allow",
    page: page!("P108"),
};

pub(super) fn check_modes(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| !service.modes.is_empty()) {
        let run = service.run.value;
        if service.modes.iter().any(|mode| mode.value == run) {
            continue;
        }
        let allowed: Vec<&str> = service.modes.iter().map(|mode| mode.value.word()).collect();
        let message = format!("`{}` cannot be run by `{}`", service.name, run.word());
        findings.push(
            Finding::new(&RULE, service.run.at.unwrap_or(service.at), message)
                .label("not among the modes of its contract")
                .related(service.modes[0].at, "the modes that its code has")
                .help(format!("write `run:` with one of {}", allowed.join(", "))),
        );
    }
}
