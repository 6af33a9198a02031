use portolan_cluster::letters::{Reader, Selection};

use crate::cli::{Format, ListWords};
use crate::desk::{Letters, selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{self, Output, letters};

/// Prints each letter as it is read.
pub(super) async fn run(words: &ListWords, desk: &Letters, out: &mut Output) -> Result<Exit, Failure> {
    let selection = Selection { settled: words.all, ..selection(&words.selection, &[]) };
    let connection = desk.connect().await?;
    let mut reader = Reader::open(&connection, &desk.queues).await?;
    let absent: Vec<String> = reader.absent().iter().map(|topic| (*topic).to_owned()).collect();
    views::failure::note_all(&letters::absent(&absent));
    let limit = words.limit.unwrap_or(u64::MAX);
    let mut listed = 0;
    while listed < limit && !out.is_closed() {
        let Some(letter) = reader.next().await? else { break };
        if !selection.takes(&letter) {
            continue;
        }
        match words.output {
            Format::Human => out.print(|to| letters::row(&letter, listed == 0, selection.now, to))?,
            Format::Json => out.print(|to| letters::line(&letter, selection.now, to))?,
        }
        listed += 1;
    }
    if listed == 0 && words.output == Format::Human {
        out.print(letters::none)?;
    }
    Ok(Exit::Done)
}
