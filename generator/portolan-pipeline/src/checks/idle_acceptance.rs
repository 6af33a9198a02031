use std::collections::BTreeMap;

use super::unfit_acceptance::is_fit;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;
use crate::spec::{Acceptance, Ground};

pub(super) static RULE: Rule =
    Rule { code: "P009", severity: Severity::Warning, title: "acceptance of nothing", page: page!("P009") };

/// Marks what the spec accepts, and reports what it accepts in vain. It sees the findings of every check, so it comes last.
pub(super) fn check_acceptances(stack: &Stack, findings: &mut Findings) {
    let mut by_code: BTreeMap<&str, Vec<&Acceptance>> = BTreeMap::new();
    for acceptance in stack.acceptances.iter().filter(|acceptance| is_fit(acceptance)) {
        by_code.entry(acceptance.code.value.as_str()).or_default().push(acceptance);
    }
    let idle: Findings =
        by_code.values().flatten().filter(|known| is_idle(known, findings)).map(|known| finding(known)).collect();
    findings.accept(|finding| {
        let acceptance = by_code.get(finding.rule.code)?.iter().find(|known| known.covers(finding))?;
        acceptance.because.as_ref().map(|because| because.value.trim().to_owned())
    });
    // What an unreadable contract does is not known, nor what would be found of it.
    if stack.unread.is_empty() {
        findings.extend(idle);
    }
}

fn is_idle(acceptance: &Acceptance, findings: &Findings) -> bool {
    !findings.iter().any(|finding| acceptance.covers(finding))
}

fn finding(acceptance: &Acceptance) -> Finding {
    let (code, path) = (&acceptance.code.value, &acceptance.path.value);
    let (message, help) = match &acceptance.ground {
        Ground::Covered(..) => (
            format!("`{code}` is accepted at `{path}`, where it is not found"),
            "take the entry away: what it accepted is mended".to_owned(),
        ),
        Ground::Nothing(Some(near)) => {
            (format!("`{code}` is accepted at `{path}`, where nothing stands"), format!("did you mean `{near}`?"))
        }
        Ground::Nothing(None) => (
            format!("`{code}` is accepted at `{path}`, where nothing stands"),
            "write a path of the spec, as in `components.NAME`, or take the entry away".to_owned(),
        ),
    };
    Finding::new(&RULE, acceptance.path.at, message).label("accepts nothing").help(help)
}
