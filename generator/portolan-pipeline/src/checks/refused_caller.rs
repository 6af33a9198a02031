use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{AccessPolicy, Invocation, Service, Stack};
use crate::source::Span;
use crate::spec::document::Action;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P123", severity: Severity::Error, title: "caller that is refused", page: page!("P123") };

pub(super) fn check_callers(stack: &Stack, findings: &mut Findings) {
    for target in stack.services.values().filter(|service| service.has_sidecar()) {
        for policy in &target.access.policies {
            let Some(caller) = stack.services.get(&policy.caller) else { continue };
            let invocations = caller.invokes.iter().filter(|invocation| invocation.service == target.name);
            for invocation in invocations {
                if let Some((at, why)) = refusal(policy, invocation) {
                    findings.push(finding(caller, target, invocation, at, &why));
                }
            }
        }
    }
}

/// Where the policy refuses what the caller says that it invokes.
fn refusal(policy: &AccessPolicy, invocation: &Invocation) -> Option<(Option<Span>, String)> {
    let Some(method) = &invocation.method else {
        let nothing = policy.default.value == Action::Deny
            && policy.operations.iter().all(|operation| operation.action == Action::Deny);
        return nothing.then(|| (policy.default.at, "nothing is allowed to it".to_owned()));
    };
    let path = format!("/{}", method.trim_start_matches('/'));
    let operation = policy.operations.iter().find(|operation| operation.is_for(&path))?;
    if operation.action == Action::Deny {
        return Some((Some(operation.at), format!("`{path}` is denied")));
    }
    let missing =
        invocation.verbs.iter().find(|verb| !operation.verbs.is_empty() && !operation.verbs.contains(verb))?;
    Some((Some(operation.at), format!("`{missing}` is not among the verbs")))
}

fn finding(caller: &Service, target: &Service, invocation: &Invocation, at: Option<Span>, why: &str) -> Finding {
    let message = format!("`{}` refuses what `{}` invokes", target.name, caller.name);
    Finding::new(&RULE, at.unwrap_or(target.at), message)
        .label(why)
        .related(Some(invocation.at), "the caller says so here")
        .help("allow it under `access.callers`, or take the operation away: what a caller invokes is allowed by itself")
}
