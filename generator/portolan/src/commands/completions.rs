use crate::cli::{self, CompletionsWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{self, Output};

/// Prints a completion script.
pub(super) fn run(words: &CompletionsWords, out: &mut Output) -> Result<Exit, Failure> {
    // clap_complete panics where it cannot write, so it writes into memory.
    let mut script = Vec::new();
    clap_complete::generate(words.shell, &mut cli::command(), "portolan", &mut script);
    out.print(|to| views::verbatim(&script, to))?;
    Ok(Exit::Done)
}
