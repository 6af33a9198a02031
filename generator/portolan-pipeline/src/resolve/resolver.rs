use std::collections::BTreeSet;
use std::fmt::Display;

use crate::finding::{Finding, Findings};
use crate::model::{Dangling, DefaultTaken, Fact, Reference};
use crate::source::Span;
use crate::spec::document::Document;
use crate::spec::{Located, Project, rules};

/// What the stages of resolving share: the document, and what they found on the way.
pub(super) struct Resolver<'a> {
    pub(super) project: &'a Project,
    pub(super) document: &'a Document,
    pub(super) defaults: Vec<DefaultTaken>,
    pub(super) dangling: Vec<Dangling>,
    pub(super) findings: Findings,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        let document = &project.document;
        Self { project, document, defaults: Vec::new(), dangling: Vec::new(), findings: Findings::default() }
    }

    /// What is written, or a default that is noted under its path in the spec.
    pub(super) fn or_default<T: Clone + Display>(
        &mut self,
        written: Option<&Located<T>>,
        path: &str,
        default: T,
    ) -> Fact<T> {
        self.or_default_as(written, path, default, T::to_string)
    }

    /// The same for a type that is no [`Display`].
    pub(super) fn or_default_as<T: Clone>(
        &mut self,
        written: Option<&Located<T>>,
        path: &str,
        default: T,
        show: impl FnOnce(&T) -> String,
    ) -> Fact<T> {
        if let Some(written) = written {
            return Fact::from(written);
        }
        self.defaults.push(DefaultTaken { path: path.to_owned(), value: show(&default) });
        Fact::derived(default)
    }

    /// Keeps a reference that names nothing.
    pub(super) fn dangling(&mut self, reference: Reference, name: &str, at: Span) {
        self.dangling.push(Dangling { reference, name: name.to_owned(), at });
    }

    /// Reports a field that must be there.
    pub(super) fn missing(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        if !self.project.whole {
            return;
        }
        self.findings.push(Finding::new(&rules::MISSING, at, message).help(help));
    }

    /// The first byte of the stack, for what is missing from the whole.
    pub(super) fn top(&self) -> Span {
        Span { file: self.project.sources.id(0), start: 0, end: 0 }
    }

    /// The stack's name; also checks that the spec says which language it is written in.
    pub(super) fn stack_name(&mut self) -> Fact<String> {
        self.version();
        self.environment();
        let Some(name) = &self.document.stack else {
            self.missing(self.top(), "the stack has no name", "add `stack: NAME` to infra/stack.yaml");
            return Fact::derived("stack".to_owned());
        };
        name.into()
    }

    fn version(&mut self) {
        match &self.document.version {
            Some(version) if version.value == "v1" => {}
            Some(version) => {
                let message = format!("`{}` is no version of the spec that is known here", version.value);
                let finding = Finding::new(&rules::WRONG_TYPE, version.at, message);
                self.findings.push(finding.help("write `portolan: v1`"));
            }
            None => {
                self.missing(self.top(), "the spec does not say its version", "add `portolan: v1` as the first line");
            }
        }
    }

    fn environment(&mut self) {
        if let Some(written) = &self.document.environment
            && written.value != self.project.environment
        {
            let message = format!(
                "this file is called {}.yaml and says environment `{}`",
                self.project.environment, written.value
            );
            let finding = Finding::new(&rules::WRONG_TYPE, written.at, message);
            self.findings.push(finding.help("make the file's name and `environment` the same"));
        }
    }
}

/// Keeps the first of each value, in the order given.
pub(super) fn unique<T, K: Ord>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| seen.insert(key(item))).collect()
}
