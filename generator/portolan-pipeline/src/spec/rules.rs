//! The rules of reading: what is no YAML, no spec, or cannot be read.

use crate::finding::{Rule, Severity};

/// The page of a code, which every rule carries; the checks take theirs by the same word.
macro_rules! page {
    ($code:literal) => {
        include_str!(concat!("../../../../docs/checks/", $code, ".md"))
    };
}

pub(crate) static SYNTAX: Rule =
    Rule { code: "P001", severity: Severity::Error, title: "not valid YAML", page: page!("P001") };
pub(crate) static UNKNOWN_FIELD: Rule =
    Rule { code: "P002", severity: Severity::Error, title: "unknown field or word", page: page!("P002") };
pub(crate) static WRONG_TYPE: Rule =
    Rule { code: "P003", severity: Severity::Error, title: "value of the wrong type", page: page!("P003") };
pub(crate) static UNQUOTED: Rule = Rule {
    code: "P004",
    severity: Severity::Error,
    title: "text that YAML takes for something else",
    page: page!("P004"),
};
pub(crate) static REFUSED: Rule =
    Rule { code: "P005", severity: Severity::Error, title: "input past a limit", page: page!("P005") };
pub(crate) static MISSING: Rule =
    Rule { code: "P006", severity: Severity::Error, title: "required field missing", page: page!("P006") };
pub(crate) static UNREADABLE: Rule =
    Rule { code: "P007", severity: Severity::Error, title: "file that cannot be read", page: page!("P007") };
pub(crate) static TEMPLATE: Rule =
    Rule { code: "P131", severity: Severity::Error, title: "template that cannot be rendered", page: page!("P131") };
pub(crate) static PLAIN_SECRET: Rule =
    Rule { code: "P501", severity: Severity::Error, title: "secret in plain", page: page!("P501") };

/// All of them, by code.
pub(crate) static RULES: [&Rule; 9] =
    [&SYNTAX, &UNKNOWN_FIELD, &WRONG_TYPE, &UNQUOTED, &REFUSED, &MISSING, &UNREADABLE, &TEMPLATE, &PLAIN_SECRET];

pub(crate) use page;
