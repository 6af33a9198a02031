use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::Acceptance;
use crate::spec::rules::page;
use crate::suggest::nearest;

pub(super) static RULE: Rule =
    Rule { code: "P008", severity: Severity::Error, title: "acceptance that cannot hold", page: page!("P008") };

/// With these, what is rendered is not what the spec says: a reference is left out, an object is refused, a secret shows.
const NEVER: [&str; 9] = ["P101", "P102", "P103", "P104", "P106", "P113", "P116", "P501", "P704"];

pub(super) fn check_acceptances(stack: &Stack, findings: &mut Findings) {
    findings.extend(stack.acceptances.iter().filter_map(problem).collect());
}

/// Whether an entry can accept anything.
pub(super) fn is_fit(acceptance: &Acceptance) -> bool {
    problem(acceptance).is_none()
}

fn problem(acceptance: &Acceptance) -> Option<Finding> {
    let (code, path) = (acceptance.code.value.as_str(), acceptance.path.value.as_str());
    if !super::rules().iter().any(|rule| rule.code == code) {
        let known = super::rules();
        let help = match nearest(code, known.iter().map(|rule| rule.code)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write the code that stands in the finding; `portolan explain` lists them".to_owned(),
        };
        let finding = Finding::new(&RULE, acceptance.code.at, format!("`{code}` is no code of a finding"));
        return Some(finding.label("no such code").help(help));
    }
    if code.starts_with("P0") || NEVER.contains(&code) {
        let message = format!("`{code}` cannot be accepted: what is rendered would not be what the spec says");
        let help = format!("mend it; `portolan explain {code}` says how");
        return Some(Finding::new(&RULE, acceptance.code.at, message).label("not to be accepted").help(help));
    }
    let reason = acceptance.because.as_ref().map_or("", |because| because.value.trim());
    if reason.is_empty() {
        let message = format!("`{code}` at `{path}` is accepted without a reason");
        let help = "write the reason behind the path, in quotes where it has a comma: within `{ }` a comma ends it";
        return Some(Finding::new(&RULE, acceptance.path.at, message).label("why?").help(help));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_accepted_is_a_code() {
        for code in NEVER {
            assert!(crate::checks::rules().iter().any(|rule| rule.code == code), "{code}");
        }
    }
}
