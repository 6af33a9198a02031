//! Findings for programs. The shape is described in tests/cli/json.md; a change of it raises `version`.

use std::io::{self, Write as _};

use portolan_pipeline::finding::Severity;
use portolan_pipeline::source::Position;
use serde::Serialize;

use super::Page;
use crate::rendered::Rendered;
use crate::report::{EnvironmentReport, Place, Report, Reported};

const VERSION: u8 = 1;

#[derive(Serialize)]
struct ReportView<'a> {
    version: u8,
    environments: Vec<&'a str>,
    findings: Vec<FindingView<'a>>,
    accepted: Vec<AcceptedView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    defaults: Option<Vec<DefaultView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rendered: Option<&'a [Rendered]>,
    summary: Summary,
}

#[derive(Serialize)]
struct FindingView<'a> {
    code: &'a str,
    severity: Severity,
    title: &'a str,
    message: &'a str,
    #[serde(flatten)]
    at: PlaceView<'a>,
    label: &'a str,
    help: &'a str,
    related: Vec<RelatedView<'a>>,
    environments: &'a [&'a str],
}

#[derive(Serialize)]
struct AcceptedView<'a> {
    #[serde(flatten)]
    finding: FindingView<'a>,
    because: &'a str,
}

#[derive(Serialize)]
struct PlaceView<'a> {
    file: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct RelatedView<'a> {
    #[serde(flatten)]
    at: PlaceView<'a>,
    label: &'a str,
}

#[derive(Serialize)]
struct DefaultView<'a> {
    environment: &'a str,
    path: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    accepted: usize,
}

/// Shows all findings, and what was rendered where that was asked for.
pub(crate) fn show(report: &Report<'_>, rendered: Option<&[Rendered]>, to: &mut Page<'_>) -> io::Result<()> {
    let defaults: Option<Vec<Vec<DefaultView<'_>>>> = report.environments.iter().map(defaults).collect();
    let accepted = report.accepted();
    let accepted = accepted.map(|(finding, because)| AcceptedView { finding: finding_view(report, finding), because });
    let view = ReportView {
        version: VERSION,
        environments: report.environments.iter().map(|environment| environment.name).collect(),
        findings: report.open().map(|finding| finding_view(report, finding)).collect(),
        accepted: accepted.collect(),
        defaults: defaults.filter(|of_each| !of_each.is_empty()).map(|of_each| of_each.into_iter().flatten().collect()),
        rendered,
        summary: Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            accepted: report.accepted().count(),
        },
    };
    write(&view, to)
}

/// Writes a value as JSON, with a line feed at the end.
pub(crate) fn write(value: &impl Serialize, to: &mut Page<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, value)?;
    writeln!(to)
}

fn finding_view<'a>(report: &Report<'a>, finding: &'a Reported<'a>) -> FindingView<'a> {
    let related = finding.related.iter().map(|(at, label)| RelatedView { at: place(report, *at), label });
    FindingView {
        code: finding.rule.code,
        severity: finding.rule.severity,
        title: finding.rule.title,
        message: &finding.message,
        at: place(report, finding.at),
        label: &finding.label,
        help: &finding.help,
        related: related.collect(),
        environments: &finding.environments,
    }
}

fn place<'a>(report: &Report<'a>, place: Place) -> PlaceView<'a> {
    let text = report.text(place);
    let range = place.range();
    PlaceView { file: text.path(), start: text.position(range.start), end: text.position(range.end) }
}

fn defaults<'a>(environment: &EnvironmentReport<'a>) -> Option<Vec<DefaultView<'a>>> {
    let view = |taken: &'a portolan_pipeline::model::DefaultTaken| DefaultView {
        environment: environment.name,
        path: &taken.path,
        value: &taken.value,
    };
    environment.defaults.map(|defaults| defaults.iter().map(view).collect())
}
