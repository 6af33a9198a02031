use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use portolan_pipeline::source::{Position, SourceFile, Sources, Span};

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
    secrets: Vec<Range<usize>>,
}

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
                texts.push(Text { file, line_starts: OnceCell::new(), secrets: Vec::new() });
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

    /// The ranges that no view may show.
    pub(crate) fn secrets(&self) -> &[Range<usize>] {
        &self.secrets
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
