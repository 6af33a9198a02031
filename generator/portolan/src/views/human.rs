//! Findings for people, as rustc shows them: the code, the sentence, the marked lines, the help.

use std::io::{self, Write as _};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use portolan_pipeline::finding::Severity;
use portolan_pipeline::model::DefaultTaken;
use portolan_pipeline::source::Position;
use portolan_pipeline::spec::environment_path;

use super::Page;
use super::excerpt::{excerpt, lines_of};
use crate::report::{EnvironmentReport, Place, Report, Reported};

/// Marks that are no further apart than this many lines are shown in one piece.
const NEAR: usize = 5;

/// Shows all findings, the defaults where they were asked for, and a summary for each environment.
pub(crate) fn show(report: &Report<'_>, quiet: bool, to: &mut Page<'_>) -> io::Result<()> {
    show_with(report, false, quiet, to)
}

/// The same, with the findings that the spec accepts where they were asked for.
pub(crate) fn show_with(report: &Report<'_>, accepted: bool, quiet: bool, to: &mut Page<'_>) -> io::Result<()> {
    let renderer = if to.colored { Renderer::styled() } else { Renderer::plain() };
    let accepted = report.accepted().filter(|_| accepted).map(|(finding, _)| finding);
    let findings = report.open().chain(accepted).map(|finding| finding_text(report, finding, &renderer));
    let defaults = report.environments.iter().filter_map(defaults_text);
    let summaries: Vec<String> = report.environments.iter().map(summary).collect();
    let summaries = (!quiet && !summaries.is_empty()).then(|| summaries.join("\n"));
    for (place, block) in findings.chain(defaults).chain(summaries).enumerate() {
        let gap = if place == 0 { "" } else { "\n" };
        writeln!(to, "{gap}{block}")?;
    }
    Ok(())
}

/// `prod: 2 errors, 1 warning, 1 accepted`.
pub(crate) fn summary(environment: &EnvironmentReport<'_>) -> String {
    let counts = [(environment.errors, "error"), (environment.warnings, "warning")];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts.map(|(count, word)| plural(*count, word)).collect();
    let words = if words.is_empty() { "no findings".to_owned() } else { words.join(", ") };
    let accepted = match environment.accepted {
        0 => String::new(),
        count => format!(", {count} accepted"),
    };
    format!("{}: {words}{accepted}", environment.name)
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn defaults_text(environment: &EnvironmentReport<'_>) -> Option<String> {
    let line =
        |DefaultTaken { path, value }: &DefaultTaken| format!("\n  {} = {}", path.escape_debug(), value.escape_debug());
    let lines: String = environment.defaults?.iter().map(line).collect();
    Some(format!("defaults taken in {}:{lines}", environment.name))
}

fn finding_text(report: &Report<'_>, finding: &Reported<'_>, renderer: &Renderer) -> String {
    let level = match finding.rule.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&*finding.message).id(finding.rule.code));
    let mut moved = Vec::new();
    for piece in pieces(finding, report) {
        group = group.element(snippet(report, &piece, &mut moved));
    }
    if !finding.help.is_empty() {
        group = group.element(Level::HELP.message(normalize_untrusted_str(&finding.help)));
    }
    if let Some(because) = &finding.accepted {
        let because = format!("accepted: {because}");
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&because)));
    }
    if let Some(environments) = environments(report, finding) {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&environments)));
    }
    let mut shown = renderer.render(&[group]);
    for (mistaken, right) in moved {
        shown = shown.replacen(&mistaken, &right, 1);
    }
    shown
}

/// Where a finding holds, where that has to be said: not of one environment, and not of what stands in its own file.
fn environments(report: &Report<'_>, finding: &Reported<'_>) -> Option<String> {
    let own = |name: &&str| report.text(finding.at).path() == environment_path(name);
    let said = report.environments.len() > 1 && !finding.environments.iter().any(own);
    said.then(|| format!("in {}", finding.environments.join(", ")))
}

/// Marks that are shown in one piece of text, the finding's own first.
type Piece<'a> = Vec<(Place, &'a str, AnnotationKind)>;

fn pieces<'a>(finding: &'a Reported<'_>, report: &Report<'_>) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = vec![vec![(finding.at, &*finding.label, AnnotationKind::Primary)]];
    for (place, label) in &finding.related {
        let mark = (*place, &**label, AnnotationKind::Context);
        match pieces.iter_mut().find(|piece| is_near(report, piece, *place)) {
            Some(piece) => piece.push(mark),
            None => pieces.push(vec![mark]),
        }
    }
    pieces
}

fn is_near(report: &Report<'_>, piece: &Piece<'_>, place: Place) -> bool {
    let (first, last) = lines_of(report.text(place), &place.range());
    piece.iter().filter(|(other, ..)| other.shares_text_with(place)).any(|(other, ..)| {
        let (other_first, other_last) = lines_of(report.text(*other), &other.range());
        first <= other_last + NEAR && other_first <= last + NEAR
    })
}

/// The lines of one piece. The renderer takes the columns from the lines it is given, so `moved` gets the places that it
/// will name wrongly, and the right ones.
fn snippet<'a>(
    report: &Report<'a>,
    piece: &Piece<'a>,
    moved: &mut Vec<(String, String)>,
) -> Snippet<'a, Annotation<'a>> {
    let text = report.text(piece[0].0);
    let ranges: Vec<_> = piece.iter().map(|(place, ..)| place.range()).collect();
    let excerpt = excerpt(text, &ranges);
    let path = normalize_untrusted_str(text.path());
    let named = |at: Position| format!("{path}:{}:{}", at.line, at.column);
    moved.extend(excerpt.moved.iter().map(|(shown, written)| (named(*shown), named(*written))));
    let annotations = piece.iter().zip(excerpt.marks).map(|((_, label, kind), mark)| {
        // The renderer lets control characters in labels and paths pass.
        let label = (!label.is_empty()).then(|| normalize_untrusted_str(label));
        kind.span(mark).label(label)
    });
    Snippet::source(excerpt.shown).path(path).line_start(excerpt.first_line).annotations(annotations)
}
