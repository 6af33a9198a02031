//! The lines of a text around a few marks, made fit to be shown: secrets covered, endless lines cut. Only these lines go
//! to the renderer, so that one finding in a text of megabytes costs what one finding in ten lines costs.

use std::ops::Range;

use portolan_pipeline::source::Position;

use crate::report::{MASK, Text};

/// A mark over more lines is shown at its first line.
const MOST_LINES: usize = 4;
/// How many bytes of one line are shown before and after what is marked in it.
const REACH: usize = 200;
const CUT: &str = "…";

/// Lines that are shown, and the marks in them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The lines.
    pub(super) shown: String,
    /// The number of the first one, from 1.
    pub(super) first_line: usize,
    /// The marks, as bytes of `shown`, in the order they were given.
    pub(super) marks: Vec<Range<usize>>,
    /// Where marks begin that were moved by what is hidden before them: in `shown`, and in the text itself.
    pub(super) moved: Vec<(Position, Position)>,
}

/// The lines that a mark is shown in, from 0, both included.
pub(super) fn lines_of(text: &Text<'_>, mark: &Range<usize>) -> (usize, usize) {
    let first = text.line(text.boundary(mark.start));
    // A mark that ends with its line's end does not reach the next one.
    let last = text.line(text.boundary(mark.end.max(mark.start + 1) - 1)).max(first);
    if last - first < MOST_LINES { (first, last) } else { (first, first) }
}

/// Cuts the lines of all marks out of a text. There is at least one mark.
pub(super) fn excerpt(text: &Text<'_>, marks: &[Range<usize>]) -> Excerpt {
    let lines = marks.iter().map(|mark| lines_of(text, mark));
    let (first, last) = lines.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))).unwrap_or_default();
    let clipped: Vec<Range<usize>> = marks.iter().map(|mark| clip(text, mark)).collect();
    let mut hidden = Vec::new();
    for line in first..=last {
        hidden.extend(secrets_in(text, &text.line_range(line)).map(|secret| (secret, MASK)));
        hidden.extend(cuts(text, text.line_range(line), &clipped).map(|cut| (cut, CUT)));
    }
    let window = text.line_range(first).start..text.line_range(last).end;
    let (shown, marks) = replace(text.text(), window, hidden, &clipped);
    let places = marks.iter().map(|mark| position_in(&shown, first + 1, mark.start));
    let places = places.zip(clipped.iter().map(|mark| text.position(mark.start)));
    let moved = places.filter(|(shown, written)| shown != written).collect();
    Excerpt { shown, first_line: first + 1, marks, moved }
}

/// Line and column in lines that begin with number `first_line`.
fn position_in(shown: &str, first_line: usize, offset: usize) -> Position {
    let before = &shown[..offset];
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Position { line: first_line + before.matches('\n').count(), column }
}

/// The part of a mark that is shown.
fn clip(text: &Text<'_>, mark: &Range<usize>) -> Range<usize> {
    let start = text.boundary(mark.start);
    let last = text.line_range(lines_of(text, mark).1);
    let end = text.boundary(mark.end.min(last.end).min(start + MOST_LINES * REACH));
    start..end.max(start)
}

/// The parts of one line that are secret. A secret of several lines is covered line by line, so the lines keep their
/// numbers.
fn secrets_in(text: &Text<'_>, line: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    text.secrets_in(line.clone()).filter_map(move |secret| {
        let (start, end) = (text.boundary(secret.start).max(line.start), text.boundary(secret.end).min(line.end));
        let part = text.text().get(start..end)?;
        let indentation = part.len() - part.trim_start().len();
        (!part.trim().is_empty()).then_some(start + indentation..end)
    })
}

/// The parts of one line that are too far from every mark to be shown.
fn cuts(text: &Text<'_>, line: Range<usize>, marks: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> {
    let mut kept: Vec<Range<usize>> =
        marks.iter().filter(|mark| mark.start <= line.end && line.start <= mark.end).cloned().collect();
    if kept.is_empty() {
        kept.push(line.start..line.start);
    }
    kept.sort_by_key(|mark| mark.start);
    let mut cuts = Vec::new();
    let mut shown_to = line.start;
    for mark in kept {
        let from = text.boundary(mark.start.saturating_sub(REACH));
        if from > shown_to {
            cuts.push(shown_to..from);
        }
        shown_to = shown_to.max(text.boundary(mark.end + REACH));
    }
    if shown_to < line.end {
        cuts.push(shown_to..line.end);
    }
    cuts.into_iter()
}

/// Copies the window, with stand-ins for what is hidden, and moves the marks to where their text now stands.
fn replace(
    text: &str,
    window: Range<usize>,
    mut hidden: Vec<(Range<usize>, &str)>,
    marks: &[Range<usize>],
) -> (String, Vec<Range<usize>>) {
    hidden.sort_by_key(|(range, _)| (range.start, range.end));
    let mut shown = String::new();
    let mut moves: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut at = window.start;
    for (range, stand_in) in hidden {
        let start = range.start.max(at);
        if range.end <= start {
            continue;
        }
        shown.push_str(&text[at..start]);
        moves.push((start..range.end, shown.len()..shown.len() + stand_in.len()));
        shown.push_str(stand_in);
        at = range.end;
    }
    shown.push_str(&text[at..window.end.max(at)]);
    let place_of = |offset: usize, ends: bool| match moves.iter().rev().find(|(from, _)| from.start <= offset) {
        None => offset - window.start,
        Some((from, to)) if offset >= from.end => to.end + offset - from.end,
        Some((from, to)) if ends && offset > from.start => to.end,
        Some((_, to)) => to.start,
    };
    let marks = marks.iter().map(|mark| place_of(mark.start, false)..place_of(mark.end, true)).collect();
    (shown, marks)
}
