//! What `portolan init` wrote, and what comes next.

use std::io::{self, Write as _};
use std::path::Path;

use serde::Serialize;

use super::Page;
use crate::starter::Starter;

/// A new project.
#[derive(Serialize)]
pub(crate) struct Started<'a> {
    stack: &'a str,
    written: Vec<&'a str>,
    next: String,
}

impl<'a> Started<'a> {
    /// Of these files, in a folder that was named or not.
    pub(crate) fn new(starter: &'a Starter, project: Option<&Path>) -> Self {
        let mut written: Vec<&str> = starter.files.iter().map(|(path, _)| path.as_str()).collect();
        written.sort_unstable_by_key(|path| path.len());
        let there = project.map(|folder| format!(" --project {}", word(&folder.to_string_lossy())));
        Self { stack: &starter.stack, written, next: format!("portolan render{}", there.unwrap_or_default()) }
    }
}

/// A file a line, then the next command.
pub(crate) fn show(started: &Started<'_>, to: &mut Page<'_>) -> io::Result<()> {
    started.written.iter().try_for_each(|path| writeln!(to, "{path} written"))?;
    writeln!(to, "next: {}", started.next)
}

/// A text as one word of a shell.
pub(super) fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
