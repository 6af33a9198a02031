//! check_: all that is wrong with a resolved stack, in one run. One check, one file, one code.

use crate::finding::{Findings, Rule};
use crate::model::Stack;
use crate::spec;

/// check_: every finding of every check.
pub fn check_stack(_stack: &Stack) -> Findings {
    Findings::default()
}

/// Every rule, by code.
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = spec::rules::RULES.to_vec();
    rules.sort_by_key(|rule| rule.code);
    rules
}
