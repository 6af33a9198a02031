//! The texts that were read, and places in them.

/// Which of the [`Sources`] a [`Span`] lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u16);

/// A range of bytes in one file. Ordered by file, then by place, which is the order findings are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte, from 0.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A place as people count it: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One text and the name it is shown under.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the project, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Every text that was read in this run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    bytes: usize,
}

impl Sources {
    /// Adds a text and returns its handle.
    ///
    /// # Panics
    /// Past 65,535 files: a stack of that many is refused before.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        #[expect(clippy::expect_used, reason = "MAX_FILES keeps their number below the limit")]
        let id = FileId(u16::try_from(self.files.len()).expect("fewer than 65,536 files"));
        let text = text.into();
        self.bytes += text.len();
        self.files.push(SourceFile { path: path.into(), text });
        id
    }

    /// The size of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The file behind a handle.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[usize::from(id.0)]
    }

    /// The handle of the file that was read as number `index`, from 0.
    ///
    /// # Panics
    /// Where fewer files were read.
    pub fn id(&self, index: usize) -> FileId {
        assert!(index < self.files.len(), "file {index} of {}", self.files.len());
        #[expect(clippy::cast_possible_truncation, reason = "`add` refuses to hand out more than 65,535")]
        FileId(index as u16)
    }

    /// All files, in the order they were read.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where a span begins.
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start as usize)
    }
}

impl SourceFile {
    /// Line and column of a byte.
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.split(|byte| *byte == b'\n').count();
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        Position { line, column }
    }

    /// The byte at a line and column that both start at 1; the end of the text where there is no such place.
    pub fn offset(&self, position: Position) -> usize {
        let mut start = 0;
        for _ in 1..position.line {
            match self.text[start..].find('\n') {
                Some(length) => start += length + 1,
                None => return self.text.len(),
            }
        }
        let line = self.text[start..].split('\n').next().unwrap_or_default();
        line.char_indices().nth(position.column.saturating_sub(1)).map_or(start + line.len(), |(at, _)| start + at)
    }
}
