use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P112", severity: Severity::Warning, title: "field that does nothing", page: page!("P112") };

pub(super) fn check_fields(stack: &Stack, findings: &mut Findings) {
    for idle in &stack.idle_fields {
        let message = format!("`{}` does nothing here: {}", idle.field, idle.why);
        findings.push(
            Finding::new(&RULE, idle.at, message)
                .label("read by nobody")
                .related(Some(idle.because), "for this reason")
                .help("take it away, or mend what it depends on"),
        );
    }
}
