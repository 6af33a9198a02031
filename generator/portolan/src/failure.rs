//! What stands in the way of a run: not the stack's mistakes, which are findings, but a folder, a file or a word.

use std::io;

use portolan_pipeline::spec::{STACK_PATH, Unreadable};

use crate::exit::Exit;

/// Why a run cannot go on, in fragments that begin with a small letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What failed.
    pub(crate) what: String,
    /// Why.
    pub(crate) why: String,
    /// How to mend it; empty where nobody can say.
    pub(crate) fix: String,
    /// The code that the program ends with.
    pub(crate) exit: Exit,
}

impl Failure {
    /// Something could not be read or written.
    #[expect(clippy::needless_pass_by_value, reason = "a text or an error, by value or not: whatever the caller has")]
    pub(crate) fn input_output(what: impl Into<String>, why: impl ToString, fix: impl Into<String>) -> Self {
        Self { what: what.into(), why: fragment(&why.to_string()), fix: fix.into(), exit: Exit::InputOutput }
    }

    /// A word on the command line stands for nothing.
    pub(crate) fn usage(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), fix: fix.into(), exit: Exit::Usage }
    }

    /// The same of a command that replaces what is in the way when it is told to.
    pub(crate) fn or_force(mut self) -> Self {
        if self.exit == Exit::InputOutput && !self.fix.is_empty() {
            self.fix += ", or write over it with `--force`";
        }
        self
    }

    /// The report itself could not be written.
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::input_output("cannot write the output", error, "make room on the disk, or write somewhere else")
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Self {
        let fix = match unreadable.path.as_str() {
            STACK_PATH => "go to the project's folder, or name it with `--project DIR`",
            _ => "mend the file, or check the other environments by name",
        };
        Self::input_output(format!("cannot read {}", unreadable.path), unreadable.reason, fix)
    }
}

/// The system's sentence as a fragment: `No such file or directory (os error 2)` ends ours, and its number helps nobody.
pub(crate) fn fragment(sentence: &str) -> String {
    let sentence = sentence.split(" (os error").next().unwrap_or_default();
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::fragment;

    #[test]
    fn sentences_become_fragments() {
        assert_eq!(fragment("No such file or directory (os error 2)"), "no such file or directory");
        assert_eq!(fragment("UTF-8 is wanted"), "UTF-8 is wanted");
        assert_eq!(fragment(""), "");
    }
}
