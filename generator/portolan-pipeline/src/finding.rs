//! What is wrong with a spec, as a value. Views turn it into words, JSON or SARIF.

use crate::source::Span;

/// How bad a finding is. Only an error stops a render.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The stack would not work, would lose events, or would show a secret.
    Error,
    /// It works, and will surprise somebody.
    Warning,
}

/// One rule: what a code stands for.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `P` and three digits; the first digit is the family.
    pub code: &'static str,
    /// How bad each finding of this rule is.
    pub severity: Severity,
    /// One line, lower case.
    pub title: &'static str,
    /// The page that `portolan explain CODE` shows, in Markdown.
    pub page: &'static str,
}

/// Another place that takes part in a finding: the other side of a disagreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Span,
    /// What stands there.
    pub label: String,
}

/// One thing that is wrong, where, why and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule it breaks.
    pub rule: &'static Rule,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub at: Span,
    /// A few words under the marked text.
    pub label: String,
    /// The other sides.
    pub related: Vec<Related>,
    /// How to mend it.
    pub help: String,
    /// Whether the marked text is a secret, which no view may show.
    pub secret: bool,
    /// Why it is meant to stay, where the spec accepts it.
    pub accepted: Option<String>,
}

impl Finding {
    /// A finding with its place; `message` says what is wrong.
    pub fn new(rule: &'static Rule, at: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            at,
            label: String::new(),
            related: Vec::new(),
            help: String::new(),
            secret: false,
            accepted: None,
        }
    }

    /// Adds the few words under the marked text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds the other side, where it was written.
    #[must_use]
    pub fn related(mut self, at: Option<Span>, label: impl Into<String>) -> Self {
        self.related.extend(at.map(|at| Related { at, label: label.into() }));
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Marks the text under the span as one that no view may show.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}

/// All findings of a run.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    found: Vec<Finding>,
}

impl Findings {
    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, others: Self) {
        self.found.extend(others.found);
    }

    /// By place, then by code, each once.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.found.sort_by(|left, right| {
            (left.at, left.rule.code, &left.message).cmp(&(right.at, right.rule.code, &right.message))
        });
        self.found.dedup();
        self
    }

    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.found.iter()
    }

    /// How many of one severity, without those that are accepted.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|finding| finding.accepted.is_none() && finding.rule.severity == severity).count()
    }

    /// How many are accepted.
    pub fn count_accepted(&self) -> usize {
        self.found.iter().filter(|finding| finding.accepted.is_some()).count()
    }

    /// Keeps those of which something is true.
    pub fn retain(&mut self, keep: impl FnMut(&Finding) -> bool) {
        self.found.retain(keep);
    }

    /// Marks those for which there is a reason to let them stay.
    pub(crate) fn accept(&mut self, because: impl Fn(&Finding) -> Option<String>) {
        for finding in &mut self.found {
            finding.accepted = because(finding);
        }
    }

    /// Whether any finding stops a render.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        Self { found: findings.into_iter().collect() }
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
