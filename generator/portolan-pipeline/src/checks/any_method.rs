use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P712", severity: Severity::Warning, title: "caller that may call everything", page: page!("P712") };

pub(super) fn check_invocations(stack: &Stack, findings: &mut Findings) {
    for caller in stack.services.values().filter(|caller| caller.has_sidecar()) {
        // The spec cannot name a method, a contract can.
        let of_the_contract = |at: crate::source::Span| caller.contract == Some(at.file);
        for invocation in caller.invokes.iter().filter(|known| known.method.is_none() && of_the_contract(known.at)) {
            let Some(called) = stack.services.get(&invocation.service).filter(|called| called.has_sidecar()) else {
                continue;
            };
            let message = format!(
                "the contract of `{}` names no method of `{}`, so access control lets it call every one",
                caller.name, called.name
            );
            findings.push(
                Finding::new(&RULE, invocation.at, message)
                    .label("all methods, all verbs")
                    .related(Some(called.at), "the service that is called")
                    .help("add `method` and `verbs` to the contract's `invokes`, one entry for each method"),
            );
        }
    }
}
