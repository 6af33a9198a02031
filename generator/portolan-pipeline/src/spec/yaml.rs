//! Text to [`Node`]: YAML 1.2 with anchors and merge keys, under limits.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Options, Spanned};

use super::node::{Key, Kind, Node, Style};
use super::rules;
use crate::finding::{Finding, Findings};
use crate::source::{FileId, Position, SourceFile, Sources, Span};

/// The largest text that is parsed, in bytes. A stack of 5,000 services is a tenth of it.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// The deepest nesting. The spec itself needs eight levels.
const MAX_DEPTH: usize = 64;
/// How many values a text may stand for, those that aliases repeat included.
const MAX_NODES: usize = 2_000_000;

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
    report_tabs(source, file, findings);
    match serde_yaml::from_str_with_options::<Raw>(&source.text, limits()) {
        Ok(raw) => Some(Reader { source, file }.node(raw)),
        Err(error) => {
            findings.push(syntax_finding(source, file, &error));
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
        },
    }
}

/// YAML forbids tabs in indentation; the parser lets some pass, and people then see two levels where there is one.
fn report_tabs(source: &SourceFile, file: FileId, findings: &mut Findings) {
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indentation].find('\t').filter(|_| !line.trim().is_empty()) {
            let at = span(file, start + tab, start + tab + 1);
            findings.push(Finding::new(&rules::SYNTAX, at, "a tab in the indentation").help("indent with spaces"));
        }
        start += line.len();
    }
}

fn syntax_finding(source: &SourceFile, file: FileId, error: &serde_yaml::Error) -> Finding {
    let offset = error.location().map_or(0, |place| offset_of(source, place));
    let end = source.text[offset..].chars().next().map_or(offset, |next| offset + next.len_utf8());
    let text = error.without_snippet().to_string();
    // The parser's text begins with the place, which the finding carries already.
    let message = text.split_once(": ").filter(|(head, _)| head.contains("line")).map_or(text.as_str(), |(_, rest)| rest);
    let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or(message);
    let rule = match error.without_snippet() {
        serde_yaml::Error::Budget { .. } | serde_yaml::Error::AliasReplayLimitExceeded { .. } => &rules::REFUSED,
        _ => &rules::SYNTAX,
    };
    Finding::new(rule, span(file, offset, end), message).help("mend the YAML at this place")
}

fn offset_of(source: &SourceFile, place: Location) -> usize {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    source.offset(Position { line: number(place.line()).max(1), column: number(place.column()).max(1) })
}

#[expect(clippy::cast_possible_truncation, reason = "MAX_BYTES is far below 4 GiB")]
fn span(file: FileId, start: usize, end: usize) -> Span {
    Span { file, start: start as u32, end: end as u32 }
}

struct Raw(Spanned<RawKind>);

enum RawKind {
    Null,
    Text(String),
    Bool,
    Number,
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

struct Reader<'a> {
    source: &'a SourceFile,
    file: FileId,
}

impl Reader<'_> {
    fn node(&self, raw: Raw) -> Node {
        let at = self.span(raw.0.defined);
        let kind = match raw.0.value {
            RawKind::Null => Kind::Null,
            RawKind::Text(text) => Kind::Scalar { text, style: Style::Text },
            RawKind::Bool => self.written(at, Style::Bool),
            RawKind::Number => self.written(at, Style::Number),
            RawKind::List(items) => Kind::List(items.into_iter().map(|item| self.node(item)).collect()),
            RawKind::Map(entries) => Kind::Map(entries.into_iter().map(|(key, value)| self.entry(key, value)).collect()),
        };
        Node { at, kind }
    }

    fn entry(&self, key: Spanned<String>, value: Raw) -> (Key, Node) {
        (Key { at: self.span(key.defined), text: key.value }, self.node(value))
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

fn to_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawKind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<RawKind, E> {
        Ok(RawKind::Null)
    }

    fn visit_none<E>(self) -> Result<RawKind, E> {
        Ok(RawKind::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<RawKind, E> {
        Ok(RawKind::Bool)
    }

    fn visit_i64<E>(self, _: i64) -> Result<RawKind, E> {
        Ok(RawKind::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<RawKind, E> {
        Ok(RawKind::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<RawKind, E> {
        Ok(RawKind::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<RawKind, E> {
        Ok(RawKind::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<RawKind, E> {
        Ok(RawKind::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawKind, E> {
        Ok(RawKind::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<RawKind, E> {
        Ok(RawKind::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawKind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawKind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawKind, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(RawKind::Map(map))
    }
}
