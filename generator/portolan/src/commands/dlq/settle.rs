use portolan_cluster::kafka::Connection;
use portolan_cluster::letters::{Chosen, Desk, Which, choose};

use super::show::unknown;
use crate::cli::{DropWords, ReplayWords, SettleWords};
use crate::desk::{Letters, refused, selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{self, Output, confirm, letters};

/// Brings letters back.
pub(super) async fn replay(words: &ReplayWords, desk: &Letters, out: &mut Output) -> Result<Exit, Failure> {
    is_named(&words.settle)?;
    let connection = desk.connect().await?;
    let chosen = choose_by(&words.settle, desk, &connection).await?;
    if let Some(place) = &chosen.homeless {
        let why = "nobody says which topic it came from, and several have this dead-letter topic";
        return Err(refused(
            format!("cannot bring {place} back"),
            why,
            "leave it out, or lay it aside with `dlq drop`",
        ));
    }
    if let Some(unprotected) = chosen.unprotected.as_ref().filter(|_| !words.new_ids) {
        return Err(letters::unprotected(unprotected, chosen.now));
    }
    out.print(|to| letters::plan_of_replay(&chosen, to))?;
    if chosen.count == 0 || words.settle.dry_run {
        return Ok(Exit::Done);
    }
    confirm(words.settle.yes, "Bring them back?")?;
    let mut desk = Desk::open(&connection, &desk.queues).await?;
    let settled = desk.replay(&chosen, |done| views::failure::progress(done.letters, chosen.count)).await?;
    out.print(|to| letters::replayed(settled, to))?;
    Ok(Exit::Done)
}

/// Lays letters aside.
pub(super) async fn drop_letters(words: &DropWords, desk: &Letters, out: &mut Output) -> Result<Exit, Failure> {
    is_named(&words.settle)?;
    let connection = desk.connect().await?;
    let chosen = choose_by(&words.settle, desk, &connection).await?;
    out.print(|to| letters::plan_of_drop(&chosen, words.delete, to))?;
    if chosen.count == 0 || words.settle.dry_run {
        return Ok(Exit::Done);
    }
    confirm(words.settle.yes, "Lay them aside?")?;
    let desk = Desk::open(&connection, &desk.queues).await?;
    let settled = desk.drop_letters(&chosen).await?;
    out.print(|to| letters::dropped(settled, to))?;
    if words.delete {
        for before in desk.delete(&chosen).await? {
            out.print(|to| letters::deleted(&before, to))?;
        }
    }
    Ok(Exit::Done)
}

/// Whether anything is named: all letters at once are rarely meant.
fn is_named(words: &SettleWords) -> Result<(), Failure> {
    if words.letters.is_empty() && words.selection.is_empty() {
        return Err(Failure::usage(
            "no letter is named",
            "all of them at once are rarely meant",
            "name letters by place or id, or choose by `--topic`, `--handler`, `--reason`, `--newer-than`, `--older-than`",
        ));
    }
    Ok(())
}

async fn choose_by(words: &SettleWords, desk: &Letters, connection: &Connection) -> Result<Chosen, Failure> {
    let chosen = choose(connection, &desk.queues, &selection(&words.selection, &words.letters)).await?;
    views::failure::note_all(&letters::absent(&chosen.absent));
    match chosen.unknown.first() {
        Some(Which::Place(place)) => Err(unknown(&place.to_string())),
        Some(Which::Id(id)) => Err(unknown(id)),
        None => Ok(chosen),
    }
}
