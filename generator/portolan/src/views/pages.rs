//! Rules: the list of codes, and the page of one.

use std::io::{self, Write as _};

use portolan_pipeline::finding::{Rule, Severity};
use serde::Serialize;

use super::{Page, json};

/// A rule, as `portolan explain CODE --output json` gives it; the list leaves the page away.
#[derive(Serialize)]
struct RuleView {
    code: &'static str,
    severity: Severity,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

/// The page of one rule.
pub(crate) fn show(rule: &Rule, to: &mut Page<'_>) -> io::Result<()> {
    writeln!(to, "{}", rule.page.trim_end())
}

/// The page of one rule, for programs.
pub(crate) fn show_json(rule: &'static Rule, to: &mut Page<'_>) -> io::Result<()> {
    json::write(&RuleView { page: Some(rule.page), ..view(rule) }, to)
}

/// Every code with its title.
pub(crate) fn list(rules: &[&'static Rule], to: &mut Page<'_>) -> io::Result<()> {
    rules.iter().try_for_each(|rule| writeln!(to, "{}  {:7}  {}", rule.code, word(rule.severity), rule.title))
}

/// Every code with its title, for programs.
pub(crate) fn list_json(rules: &[&'static Rule], to: &mut Page<'_>) -> io::Result<()> {
    json::write(&rules.iter().map(|rule| view(rule)).collect::<Vec<_>>(), to)
}

/// How bad, in a word.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn view(rule: &'static Rule) -> RuleView {
    RuleView { code: rule.code, severity: rule.severity, title: rule.title, page: None }
}
