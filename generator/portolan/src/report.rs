//! The one value that every view shows: the findings of all environments, each once, with nothing secret in their words.

mod secrets;
mod sensitive;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;

use portolan_pipeline::finding::{Finding, Rule, Severity};
use portolan_pipeline::model::DefaultTaken;
pub(crate) use secrets::MASK;
use text::Texts;
pub(crate) use text::{Place, Text};

use crate::exit::Exit;
use crate::stages::Checked;

/// The outcome of a check.
pub(crate) struct Report<'a> {
    /// The environments, in the order they were checked.
    pub(crate) environments: Vec<EnvironmentReport<'a>>,
    /// What was found: by environment, then by place. What the spec accepts is among it.
    findings: Vec<Reported<'a>>,
    texts: Texts<'a>,
}

/// What is said of one environment.
pub(crate) struct EnvironmentReport<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// How many errors it has.
    pub(crate) errors: usize,
    /// How many warnings it has.
    pub(crate) warnings: usize,
    /// How many findings it accepts.
    pub(crate) accepted: usize,
    /// The defaults that were taken, where that was asked for.
    pub(crate) defaults: Option<&'a [DefaultTaken]>,
}

/// One finding, and where it holds.
pub(crate) struct Reported<'a> {
    /// The rule it breaks.
    pub(crate) rule: &'static Rule,
    /// What is wrong.
    pub(crate) message: Cow<'a, str>,
    /// A few words under the marked text.
    pub(crate) label: Cow<'a, str>,
    /// How to mend it.
    pub(crate) help: Cow<'a, str>,
    /// Where.
    pub(crate) at: Place,
    /// The other sides.
    pub(crate) related: Vec<(Place, Cow<'a, str>)>,
    /// The environments in which it was found.
    pub(crate) environments: Vec<&'a str>,
    /// Why it may stay, where the spec accepts it.
    pub(crate) accepted: Option<Cow<'a, str>>,
}

/// Two findings with the same key are one, seen from two environments; unless one of them accepts it.
type Key<'a> = (&'static str, Place, &'a str, Option<&'a str>);

impl<'a> Report<'a> {
    /// Puts the findings of all environments together.
    pub(crate) fn new(checked: &'a [Checked], with_defaults: bool) -> Self {
        let environments = checked.iter().map(|checked| EnvironmentReport::new(checked, with_defaults)).collect();
        let mut report = Self { environments, findings: Vec::new(), texts: Texts::default() };
        let mut seen = BTreeMap::new();
        for environment in checked {
            for finding in &environment.findings {
                report.add(environment, finding, &mut seen);
            }
        }
        report.conceal();
        report
    }

    /// The text that a place lies in.
    pub(crate) fn text(&self, place: Place) -> &Text<'a> {
        self.texts.of(place)
    }

    /// The findings that nobody has accepted.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Reported<'a>> {
        self.findings.iter().filter(|finding| finding.accepted.is_none())
    }

    /// The findings that the spec accepts, each with its reason.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = (&Reported<'a>, &str)> {
        self.findings.iter().filter_map(|finding| Some((finding, finding.accepted.as_deref()?)))
    }

    /// How many open findings there are of one severity, each counted once.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.open().filter(|finding| finding.rule.severity == severity).count()
    }

    /// How a run ends that found this.
    pub(crate) fn exit(&self, strict: bool) -> Exit {
        let stops = self.open().any(|finding| strict || finding.rule.severity == Severity::Error);
        if stops { Exit::Findings } else { Exit::Done }
    }

    fn add(&mut self, checked: &'a Checked, finding: &'a Finding, seen: &mut BTreeMap<Key<'a>, usize>) {
        let at = self.texts.place(&checked.sources, finding.at);
        if finding.secret {
            self.texts.add_secret(at);
        }
        let accepted = finding.accepted.as_deref();
        let key = (finding.rule.code, at, finding.message.as_str(), accepted);
        if let Some(known) = seen.get(&key) {
            self.findings[*known].environments.push(&checked.environment);
            return;
        }
        seen.insert(key, self.findings.len());
        let related = finding.related.iter();
        let related =
            related.map(|side| (self.texts.place(&checked.sources, side.at), side.label.as_str().into())).collect();
        self.findings.push(Reported {
            rule: finding.rule,
            message: finding.message.as_str().into(),
            label: finding.label.as_str().into(),
            help: finding.help.as_str().into(),
            at,
            related,
            environments: vec![&checked.environment],
            accepted: accepted.map(Cow::from),
        });
    }
}

impl<'a> EnvironmentReport<'a> {
    fn new(checked: &'a Checked, with_defaults: bool) -> Self {
        Self {
            name: &checked.environment,
            errors: checked.findings.count(Severity::Error),
            warnings: checked.findings.count(Severity::Warning),
            accepted: checked.findings.count_accepted(),
            defaults: with_defaults.then_some(checked.stack.defaults.as_slice()),
        }
    }
}
