//! Environments for tests of the report and its views.

use portolan_pipeline::finding::{Finding, Findings, Rule, Severity};
use portolan_pipeline::source::Span;
use portolan_pipeline::spec::{Files, ReadError, STACK_PATH};

use crate::stages::{Checked, check_environments};

/// A rule of the tests' own.
pub(crate) static RULE: Rule = Rule { code: "P501", severity: Severity::Error, title: "a title", page: "# P501\n" };

/// One that does not stop.
pub(crate) static WARNING: Rule =
    Rule { code: "P502", severity: Severity::Warning, title: "a title", page: "# P502\n" };

struct OneStack<'a>(&'a str);

impl Files for OneStack<'_> {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        let environment = path.starts_with("infra/environments/");
        if path == STACK_PATH {
            Ok(self.0.to_owned())
        } else if environment {
            Ok("portolan: v1\n".to_owned())
        } else {
            Err(ReadError::Missing)
        }
    }
}

/// An environment over a stack, without findings.
pub(crate) fn environment(name: &str, stack: &str) -> Checked {
    let (mut checked, failures) = check_environments(&OneStack(stack), &[name.to_owned()]);
    assert!(failures.is_empty(), "{failures:?}");
    let mut checked = checked.remove(0);
    checked.findings = Findings::default();
    checked
}

impl Checked {
    /// Where a text first stands in the stack.
    pub(crate) fn span(&self, marked: &str) -> Span {
        let file = self.sources.id(0);
        let start = self.sources.file(file).text.find(marked).expect("the text stands in the stack");
        let number = |offset: usize| u32::try_from(offset).expect("a small stack");
        Span { file, start: number(start), end: number(start + marked.len()) }
    }

    /// Adds a finding on a text of the stack.
    pub(crate) fn with(mut self, marked: &str, change: impl FnOnce(Finding) -> Finding) -> Self {
        let finding = Finding::new(&RULE, self.span(marked), "something is wrong");
        self.findings.push(change(finding));
        self
    }
}
