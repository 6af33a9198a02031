//! A question before something is done that cannot be undone.

use std::io::{self, IsTerminal as _, Write as _};

use crate::desk::refused;
use crate::failure::Failure;

/// Asks, unless it is said already. Where nobody can answer, the command line has to say it.
pub(crate) fn confirm(said: bool, question: &str) -> Result<(), Failure> {
    if said {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::usage(
            "nobody confirms it",
            "there is no terminal to ask at",
            "say `--yes`, or look with `--dry-run`",
        ));
    }
    let mut error = io::stderr().lock();
    // Where standard error is closed, nobody sees the question, and no answer is a no.
    let _ = write!(error, "{question} [y/N] ");
    let _ = error.flush();
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    let confirmed = read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str());
    if confirmed { Ok(()) } else { Err(refused("nothing was done", "it was not confirmed", "")) }
}
