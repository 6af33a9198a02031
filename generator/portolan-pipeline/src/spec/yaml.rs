//! Text to [`Node`]: YAML 1.2 with anchors and merge keys, under limits.

mod raw;

use raw::{Raw, RawKind};
use serde_yaml::{Location, Options, Spanned};

use super::node::{Key, Kind, Node, Style};
use super::rules;
use crate::finding::{Finding, Findings};
use crate::source::{FileId, Position, SourceFile, Sources, Span};

/// The largest text that is parsed, in bytes. A stack of 5,000 services is a tenth of it.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// The deepest nesting. The spec itself needs eight levels, and each level costs stack.
const MAX_DEPTH: usize = 24;
/// What is said of deeper ones.
const TOO_DEEP: &str = "this is nested deeper than 24 levels";
/// How many values a text may stand for, those that aliases repeat included.
const MAX_NODES: usize = 2_000_000;
/// How many lines with tabs are reported: an editor that makes one makes them all.
const MAX_TABS: usize = 20;

/// Parses one file. `None` when it is no YAML, which is then a finding.
pub(crate) fn parse_yaml(sources: &Sources, file: FileId, findings: &mut Findings) -> Option<Node> {
    let source = sources.file(file);
    if source.text.len() > MAX_BYTES {
        let at = Span { file, start: 0, end: 0 };
        findings.push(
            Finding::new(&rules::REFUSED, at, format!("the file is larger than {} MiB", MAX_BYTES / 1024 / 1024))
                .help("split the stack, or find what made the file so large"),
        );
        return None;
    }
    let tabs = report_tabs(source, file, findings);
    read(source, file, tabs, findings)
}

/// The same of a text that is no spec: in a script inside a manifest, tabs are right.
pub(super) fn parse_source(source: &SourceFile, file: FileId, findings: &mut Findings) -> Option<Node> {
    read(source, file, false, findings)
}

fn read(source: &SourceFile, file: FileId, tabs: bool, findings: &mut Findings) -> Option<Node> {
    match serde_yaml::from_str_with_options::<Raw>(&source.text, limits()) {
        Ok(raw) => Some(Reader { source, file }.node(raw)),
        Err(error) => {
            // The parser stumbles over the same tab.
            let stumbled = tabs && error.to_string().contains("tab");
            if !stumbled {
                findings.push(syntax_finding(source, file, &error));
            }
            None
        }
    }
}

fn limits() -> Options {
    serde_yaml::options! {
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_total_scalar_bytes: MAX_BYTES,
            max_merge_keys: 100_000,
            max_recorded_anchor_events: MAX_NODES / 10,
            // One anchor that every service repeats is what anchors are for.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_yaml::alias_limits! { max_total_replayed_events: MAX_NODES / 8 },
    }
}

/// YAML forbids tabs in indentation; the parser lets some pass, and people then see two levels where there is one.
/// Whether there were any.
fn report_tabs(source: &SourceFile, file: FileId, findings: &mut Findings) -> bool {
    let (mut start, mut found) = (0, 0);
    for line in source.text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indentation].find('\t').filter(|_| !line.trim().is_empty()) {
            let at = span(file, start + tab, start + tab + 1);
            findings.push(Finding::new(&rules::SYNTAX, at, "a tab in the indentation").help("indent with spaces"));
            found += 1;
            if found == MAX_TABS {
                break;
            }
        }
        start += line.len();
    }
    found > 0
}

fn syntax_finding(source: &SourceFile, file: FileId, error: &serde_yaml::Error) -> Finding {
    let offset = error.location().map_or(0, |place| offset_of(source, place));
    let end = source.text[offset..].chars().next().map_or(offset, |next| offset + next.len_utf8());
    let text = error.without_snippet().to_string();
    let at = span(file, offset, end);
    if let Some(limit) = limit(error.without_snippet(), &text) {
        let help = "look for what grew by accident: generated text, an alias inside what it names";
        return Finding::new(&rules::REFUSED, at, limit).help(help);
    }
    Finding::new(&rules::SYNTAX, at, without_place(&text)).help("mend the YAML at this place")
}

/// Which limit was passed, if that is what is wrong. Within an alias the parser wraps its own error into text.
fn limit(error: &serde_yaml::Error, text: &str) -> Option<&'static str> {
    use serde_yaml::Error::{
        AliasExpansionLimitExceeded, AliasReplayLimitExceeded, AliasReplayStackDepthExceeded, Budget,
    };
    let limited = matches!(
        error,
        Budget { .. }
            | AliasReplayLimitExceeded { .. }
            | AliasExpansionLimitExceeded { .. }
            | AliasReplayStackDepthExceeded { .. }
    );
    if text.contains(TOO_DEEP) || text.contains("recursion limit") || (limited && text.contains("Depth")) {
        return Some(TOO_DEEP);
    }
    let repeated = "this stands for more values than are read, through aliases that repeat each other";
    (limited || text.contains("budget breached")).then_some(repeated)
}

/// The parser's text without the place, which the finding carries already, and without advice on the parser's options.
fn without_place(text: &str) -> &str {
    let text = text.split_once(": ").filter(|(head, _)| head.contains("line")).map_or(text, |(_, rest)| rest);
    let text = text.split(", set DuplicateKeyPolicy").next().unwrap_or(text);
    text.split(" at line ").next().unwrap_or(text).trim_end_matches('.')
}

fn offset_of(source: &SourceFile, place: Location) -> usize {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    source.offset(Position { line: number(place.line()).max(1), column: number(place.column()).max(1) })
}

#[expect(clippy::cast_possible_truncation, reason = "MAX_BYTES is far below 4 GiB")]
fn span(file: FileId, start: usize, end: usize) -> Span {
    Span { file, start: start as u32, end: end as u32 }
}

struct Reader<'a> {
    source: &'a SourceFile,
    file: FileId,
}

impl Reader<'_> {
    fn node(&self, raw: Raw) -> Node {
        let mut at = self.span(raw.0.defined);
        let kind = match raw.0.value {
            RawKind::Null => Kind::Null,
            RawKind::Text(text) => Kind::Scalar { text, style: Style::Text },
            RawKind::Bool => self.written(at, Style::Bool),
            RawKind::Number => self.written(at, Style::Number),
            RawKind::List(items) => Kind::List(items.into_iter().map(|item| self.node(item)).collect()),
            RawKind::Map(entries) => {
                Kind::Map(entries.into_iter().map(|(key, value)| self.entry(key, value)).collect())
            }
        };
        if let Some(last) = last_place(&kind) {
            at.end = self.end_of_line_form(at, last);
        }
        Node { at, kind }
    }

    fn entry(&self, key: Spanned<String>, value: Raw) -> (Key, Node) {
        (Key { at: self.span(key.defined), text: key.value }, self.node(value))
    }

    /// A list or map on one line is marked whole, with its bracket; of a longer one the parser's place, its first character.
    fn end_of_line_form(&self, at: Span, last: Span) -> u32 {
        let text = &self.source.text;
        let inner = text.get(at.start as usize..last.end as usize).unwrap_or_default();
        if inner.is_empty() || inner.contains('\n') {
            return at.end;
        }
        let rest = &text[last.end as usize..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let closed = rest[spaces..].starts_with(['}', ']']) && inner.starts_with(['{', '[']);
        if closed { span(self.file, 0, last.end as usize + spaces + 1).end } else { last.end }
    }

    /// The scalar as it was written: `1.20` stays `1.20`, whatever number YAML makes of it.
    fn written(&self, at: Span, style: Style) -> Kind {
        let text = self.source.text.get(at.start as usize..at.end as usize).unwrap_or_default();
        Kind::Scalar { text: text.to_owned(), style }
    }

    fn span(&self, place: Location) -> Span {
        let place_span = place.span();
        let start = place_span.byte_offset().map_or_else(|| offset_of(self.source, place), to_usize);
        let length = place_span.byte_len().map_or(0, to_usize);
        let start = start.min(self.source.text.len());
        span(self.file, start, (start + length).min(self.source.text.len()))
    }
}

/// Where the last part of a list or map stands.
fn last_place(kind: &Kind) -> Option<Span> {
    match kind {
        Kind::List(items) => items.last().map(|item| item.at),
        Kind::Map(entries) => entries.last().map(|(key, value)| key.at.max(value.at)),
        Kind::Null | Kind::Scalar { .. } => None,
    }
}

fn to_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
