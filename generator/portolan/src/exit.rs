//! What the exit code says: the one table, which `--help` shows and docs/guide/exit-codes.md explains.

use std::fmt::Write as _;
use std::process::ExitCode;

/// How a run ended. The numbers are a promise to scripts and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It did what it was asked to.
    Done = 0,
    /// There are findings that stop.
    Findings = 1,
    /// There are differences.
    Differences = 2,
    /// Reading or writing failed.
    InputOutput = 3,
    /// Another run is at the same work.
    Busy = 4,
    /// It was not done, and that is as it should be.
    Refused = 5,
    /// The command line is wrong.
    Usage = 64,
    /// portolan itself is wrong.
    Bug = 70,
}

impl Exit {
    /// Every code and what it says.
    pub(crate) const TABLE: [(Self, &'static str); 8] = [
        (Self::Done, "done, nothing to say against it"),
        (Self::Findings, "findings that stop: errors, or warnings under --strict"),
        (Self::Differences, "there are differences (render --check, diff --detailed-exitcode)"),
        (Self::InputOutput, "input or output failed: a missing file, a full disk"),
        (Self::Busy, "somebody else is at it"),
        (Self::Refused, "it was not done: nobody confirmed it, or it would not be safe"),
        (Self::Usage, "the command line is wrong"),
        (Self::Bug, "a bug in portolan"),
    ];

    /// The table as `--help` shows it.
    pub(crate) fn table() -> String {
        let mut text = "Exit codes:\n".to_owned();
        for (exit, meaning) in Self::TABLE {
            // A String takes every write.
            let _ = writeln!(text, "  {:<4}{meaning}", exit as u8);
        }
        text
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_guide_has_every_code_with_the_words_of_the_help() {
        let guide = include_str!("../../../docs/guide/exit-codes.md");
        for (exit, meaning) in Exit::TABLE {
            let row = format!("| {} | {meaning} |", exit as u8);
            assert!(guide.contains(&row), "docs/guide/exit-codes.md lacks the row {row}");
        }
    }
}
