//! The stages up to the findings, for one environment after the other.

use std::collections::BTreeSet;

use portolan_pipeline::checks::check_stack;
use portolan_pipeline::finding::Findings;
use portolan_pipeline::model::Stack;
use portolan_pipeline::resolve::resolve_stack;
use portolan_pipeline::source::Sources;
use portolan_pipeline::spec::{Files, parse_project};

use crate::failure::Failure;

/// Where one of these is found, a whole text is lost. The stages after it would report everything that stands in that text
/// as missing, and bury the one line that has to be mended.
const LOST: [&str; 2] = ["P001", "P005"];

/// An acceptance of nothing.
const IDLE: &str = "P009";

/// One environment after parse_, resolve_ and check_.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The environment's name.
    pub(crate) environment: String,
    /// The texts that the findings point into.
    pub(crate) sources: Sources,
    /// The resolved stack. Only without errors it is fit to be rendered.
    pub(crate) stack: Stack,
    /// All that was found.
    pub(crate) findings: Findings,
}

/// Every environment that can be read, and what stands in the way of the others, each once.
pub(crate) fn check_environments(files: &dyn Files, environments: &[String]) -> (Vec<Checked>, Vec<Failure>) {
    let mut checked = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    for environment in environments {
        match check_environment(files, environment) {
            Ok(environment) => checked.push(environment),
            Err(failure) if failures.contains(&failure) => {}
            Err(failure) => failures.push(failure),
        }
    }
    settle_acceptances(files, &mut checked);
    (checked, failures)
}

/// What the stack accepts for every environment may be found in one of them only: it is idle where it is idle in all.
fn settle_acceptances(files: &dyn Files, checked: &mut [Checked]) {
    if checked.iter().all(|checked| idle_in_stack(checked).is_empty()) {
        return;
    }
    let known = files.environments().unwrap_or_default();
    let others = known.iter().filter(|other| checked.iter().all(|checked| checked.environment != **other));
    let others: Vec<_> = others.map(|other| check_environment(files, other)).collect();
    let all = others.iter().map(|other| other.as_ref().map(idle_in_stack).unwrap_or_default());
    let idle = all.chain(checked.iter().map(idle_in_stack)).reduce(|left, right| &left & &right).unwrap_or_default();
    for checked in checked {
        let stack = checked.sources.id(0);
        checked.findings.retain(|finding| {
            finding.rule.code != IDLE || finding.at.file != stack || idle.contains(&(finding.at.start, finding.at.end))
        });
    }
}

/// Where in the stack's file something is accepted that is not found in this environment.
fn idle_in_stack(checked: &Checked) -> BTreeSet<(u32, u32)> {
    let stack = checked.sources.id(0);
    let idle = checked.findings.iter().filter(|finding| finding.rule.code == IDLE && finding.at.file == stack);
    idle.map(|finding| (finding.at.start, finding.at.end)).collect()
}

fn check_environment(files: &dyn Files, environment: &str) -> Result<Checked, Failure> {
    let mut parsed = parse_project(files, environment)?;
    let mut findings = std::mem::take(&mut parsed.findings);
    let (stack, unresolved) = resolve_stack(&parsed);
    if !findings.iter().any(|finding| LOST.contains(&finding.rule.code)) {
        findings.extend(unresolved);
        findings.extend(check_stack(&stack));
    }
    Ok(Checked { environment: parsed.environment, sources: parsed.sources, stack, findings: findings.sorted() })
}
