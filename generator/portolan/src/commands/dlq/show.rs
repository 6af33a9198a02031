use portolan_cluster::letters::{Which, find};

use crate::cli::{Format, ShowWords};
use crate::desk::Letters;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{Output, json, letters};

/// Shows one letter in full.
pub(super) async fn run(words: &ShowWords, desk: &Letters, out: &mut Output) -> Result<Exit, Failure> {
    let connection = desk.connect().await?;
    let which = Which::from(words.letter.as_str());
    let letter = find(&connection, &desk.queues, &which).await?.ok_or_else(|| unknown(&words.letter))?;
    match words.output {
        Format::Human => out.print(|to| letters::page(&letter, words.payload, to))?,
        Format::Json => out.print(|to| json::write(&letters::whole(&letter, words.payload), to))?,
    }
    Ok(Exit::Done)
}

/// Nobody has a letter of that name.
pub(super) fn unknown(named: &str) -> Failure {
    Failure::usage(
        format!("there is no dead letter `{named}`"),
        "it is neither the place of one nor the id of an event in one",
        "`portolan dlq list ENV --all` has them all",
    )
}
