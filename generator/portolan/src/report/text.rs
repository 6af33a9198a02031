use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use portolan_pipeline::source::{Position, SourceFile, Sources, Span};

use super::sensitive::secrets_in;

/// A range of bytes in one of the report's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Which text.
    text: usize,
    /// First byte.
    pub(crate) start: usize,
    /// The byte after the last one.
    pub(crate) end: usize,
}

/// A text that findings point into. Its lines are counted when the first place is asked for.
pub(crate) struct Text<'a> {
    file: &'a SourceFile,
    line_starts: OnceCell<Vec<usize>>,
    /// In order, once all are known.
    secrets: Vec<Range<usize>>,
    longest_secret: usize,
    /// The lines that were searched for more of them.
    searched: BTreeSet<usize>,
}

/// How many lines around a place may be shown with it.
const AROUND: usize = 9;

/// How many secrets are looked for in other lines.
const MOST_REPEATED: usize = 64;
/// What is shorter is a word that stands in many places, and nobody's secret.
pub(super) const SHORTEST: usize = 3;

/// The texts of a report, each once.
#[derive(Default)]
pub(super) struct Texts<'a> {
    texts: Vec<Text<'a>>,
    /// By address: texts are megabytes, and comparing them for every finding would be felt.
    known: BTreeMap<*const SourceFile, usize>,
}

impl<'a> Texts<'a> {
    /// The place of a span: a text that several environments read is one text here.
    pub(super) fn place(&mut self, sources: &'a Sources, span: Span) -> Place {
        let file = sources.file(span.file);
        let texts = &mut self.texts;
        let text = *self.known.entry(std::ptr::from_ref(file)).or_insert_with(|| {
            texts.iter().position(|text| text.is(file)).unwrap_or_else(|| {
                texts.push(Text::new(file));
                texts.len() - 1
            })
        });
        let (start, end) = (span.start as usize, span.end as usize);
        // A block of text ends where the next key begins, which is lines below its last letter.
        let length = file.text.get(start..end).map_or(0, |marked| marked.trim_end().len());
        Place { text, start, end: start + length }
    }

    /// The text that a place lies in.
    pub(super) fn of(&self, place: Place) -> &Text<'a> {
        &self.texts[place.text]
    }

    /// Notes that nobody may show what stands at a place.
    pub(super) fn add_secret(&mut self, place: Place) {
        self.texts[place.text].secrets.push(place.range());
    }

    /// Notes what around a place can only be a secret, though no finding says so.
    pub(super) fn search(&mut self, place: Place) {
        self.texts[place.text].search(place.range());
    }

    /// Puts the secrets in order.
    pub(super) fn sort_secrets(&mut self) {
        for text in &mut self.texts {
            text.secrets.sort_by_key(|secret| secret.start);
            text.longest_secret = text.secrets.iter().map(Range::len).max().unwrap_or_default();
        }
    }
}

impl Place {
    /// The bytes.
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether both lie in the same text.
    pub(crate) fn shares_text_with(self, other: Self) -> bool {
        self.text == other.text
    }
}

impl<'a> Text<'a> {
    /// Whether two files are the same one, read for two environments.
    fn is(&self, file: &SourceFile) -> bool {
        self.file.path == file.path && self.file.text == file.text
    }

    fn new(file: &'a SourceFile) -> Self {
        Self { file, line_starts: OnceCell::new(), secrets: Vec::new(), longest_secret: 0, searched: BTreeSet::new() }
    }

    /// What no view may show in a range.
    pub(crate) fn secrets_in(&self, range: Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let from = self.secrets.partition_point(|secret| secret.start + self.longest_secret < range.start);
        let near = self.secrets[from..].iter().take_while(move |secret| secret.start < range.end);
        near.filter(move |secret| range.start < secret.end)
    }

    fn search(&mut self, range: Range<usize>) {
        let first = self.line(self.boundary(range.start));
        let last = (first + AROUND).min(self.line_starts().len() - 1);
        for line in first.saturating_sub(AROUND)..=last {
            if self.searched.insert(line) {
                let line_at = |line| &self.text()[self.line_range(line)];
                let mut found = secrets_in(line_at(line), (0..line).rev().map(line_at));
                found.extend(self.repetitions(line_at(line)));
                let start = self.line_range(line).start;
                let found = found.into_iter().map(|part| start + part.start..start + part.end);
                // What a finding has marked already is covered to the letter.
                let found: Vec<_> =
                    found.filter(|part| self.secrets_in(part.start..part.start + 1).next().is_none()).collect();
                self.secrets.extend(found);
            }
        }
    }

    /// Where a line says again what is secret elsewhere, in a comment perhaps.
    fn repetitions(&self, line: &str) -> Vec<Range<usize>> {
        let known = self.secrets.iter().take(MOST_REPEATED).filter_map(|secret| self.text().get(secret.clone()));
        let known = known.flat_map(str::lines).map(bare).filter(|secret| secret.len() >= SHORTEST);
        known.flat_map(|secret| line.match_indices(secret).map(|(at, secret)| at..at + secret.len())).collect()
    }

    /// Its path in the project.
    pub(crate) fn path(&self) -> &'a str {
        &self.file.path
    }

    /// All of it.
    pub(crate) fn text(&self) -> &'a str {
        &self.file.text
    }

    /// The line of a byte, from 0.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset) - 1
    }

    /// The bytes of a line that is counted from 0, without its end.
    pub(crate) fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_starts()[line];
        let end = self.line_starts().get(line + 1).copied().unwrap_or(self.text().len());
        start..start + self.text()[start..end].trim_end_matches(['\n', '\r']).len()
    }

    /// Line and column of a byte, from 1, columns in characters.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = self.boundary(offset);
        let line = self.line(offset);
        let before = &self.text()[self.line_starts()[line]..offset];
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The nearest place before a byte where a character begins, inside the text.
    pub(crate) fn boundary(&self, offset: usize) -> usize {
        self.text().floor_char_boundary(offset)
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let ends = self.text().bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }
}

/// A scalar without its quotes.
pub(super) fn bare(written: &str) -> &str {
    written.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_start_at_one_and_count_characters() {
        let mut sources = Sources::default();
        let id = sources.add("a", "é: x\r\nzwei: y\n");
        let mut texts = Texts::default();
        let place = texts.place(&sources, Span { file: id, start: 0, end: 0 });
        let (file, text) = (sources.file(id), texts.of(place));
        for offset in [0, 2, 4, 7, 9, 15] {
            assert_eq!(text.position(offset), file.position(offset), "byte {offset}");
        }
        assert_eq!(&text.text()[text.line_range(0)], "é: x");
        assert_eq!(text.line_range(2), 15..15);
        assert_eq!(text.position(1), Position { line: 1, column: 1 }, "inside a character");
        assert_eq!(text.position(99), Position { line: 3, column: 1 }, "past the end");
    }
}
