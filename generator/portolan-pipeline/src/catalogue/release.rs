use std::sync::OnceLock;

use serde::de::DeserializeOwned;

/// The lines of a file behind its header, each read when it is first asked for.
#[derive(Debug)]
pub(super) struct Lines<T> {
    entries: Vec<(&'static str, OnceLock<T>)>,
}

impl<T: DeserializeOwned> Lines<T> {
    /// The header, and the lines that follow it.
    pub(super) fn split<H: DeserializeOwned>(text: &'static str) -> (H, Self) {
        let (header, rest) = text.split_once('\n').unwrap_or((text, ""));
        (parse(header), Self { entries: rest.lines().map(|line| (line, OnceLock::new())).collect() })
    }

    pub(super) fn get(&self, place: usize) -> Option<&T> {
        let (line, entry) = self.entries.get(place)?;
        Some(entry.get_or_init(|| parse(line)))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(line, entry)| entry.get_or_init(|| parse(line)))
    }
}

#[expect(clippy::expect_used, reason = "the data is part of the program, and a test reads all of it")]
fn parse<T: DeserializeOwned>(line: &str) -> T {
    serde_json::from_str(line).expect("catalogue data")
}
