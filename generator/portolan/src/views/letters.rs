//! Dead letters: a line each, one in full, and what is done with them. All of their words come from others, and the message
//! itself may hold personal data: it is shown only where that is asked for.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use portolan_cluster::letters::{Chosen, INBOX_MEMORY, Letter, Place, Settled, State, Unprotected};
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Page;
use crate::desk::refused;
use crate::failure::Failure;

const HEAD: Style = Style::new().bold();
const OPEN: Style = AnsiColor::BrightYellow.on_default();
const SETTLED: Style = Style::new().dimmed();

/// A letter, for programs.
#[derive(Serialize)]
pub(crate) struct LetterView<'a> {
    letter: String,
    state: State,
    at: String,
    age_seconds: i64,
    topic: Option<&'a str>,
    handler: Option<&'a str>,
    reason: Option<&'a str>,
    attempts: Option<u32>,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    id: Option<&'a str>,
    source: Option<&'a str>,
    key: Option<String>,
    bytes: usize,
}

/// The same with all that it has.
#[derive(Serialize)]
pub(crate) struct WholeView<'a> {
    #[serde(flatten)]
    letter: LetterView<'a>,
    subject: Option<&'a str>,
    time: Option<String>,
    headers: Vec<(&'a str, Option<String>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

fn view(letter: &Letter, now: OffsetDateTime) -> LetterView<'_> {
    LetterView {
        letter: letter.place.to_string(),
        state: letter.state,
        at: stamp(letter.at),
        age_seconds: (now - letter.at).whole_seconds(),
        topic: letter.origin.as_deref(),
        handler: letter.handler.as_deref(),
        reason: letter.reason.as_deref(),
        attempts: letter.attempts,
        kind: letter.event.kind.as_deref(),
        id: letter.event.id.as_deref(),
        source: letter.event.source.as_deref(),
        key: letter.key.as_deref().map(text),
        bytes: letter.payload.as_ref().map_or(0, Vec::len),
    }
}

/// One letter, for programs.
pub(crate) fn whole(letter: &Letter, payload: bool) -> WholeView<'_> {
    WholeView {
        letter: view(letter, OffsetDateTime::now_utc()),
        subject: letter.event.subject.as_deref(),
        time: letter.event.time.map(stamp),
        headers: letter.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref().map(text))).collect(),
        payload: letter.payload.as_deref().filter(|_| payload).map(text),
    }
}

/// One object a line.
pub(crate) fn line(letter: &Letter, now: OffsetDateTime, to: &mut Page<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *to, &view(letter, now))?;
    writeln!(to)
}

/// A letter a line, and a line above the first. Letters are not collected, so columns have a width of their own.
pub(crate) fn row(letter: &Letter, first: bool, now: OffsetDateTime, to: &mut Page<'_>) -> io::Result<()> {
    if first {
        writeln!(
            to,
            "{HEAD}{:<24} {:>4} {:<16} {:<24} {:>8} {:<20} {:<36} {:<12} REASON{HEAD:#}",
            "LETTER", "AGE", "TOPIC", "HANDLER", "ATTEMPTS", "TYPE", "ID", "KEY"
        )?;
    }
    let style = if letter.state == State::Open { OPEN } else { SETTLED };
    let told = |word: &Option<String>| word.as_deref().map_or("-".to_owned(), plain);
    let reason = match (letter.state, &letter.reason) {
        (State::Open, None) => "none: it is a sidecar's".to_owned(),
        (State::Open, reason) => told(reason),
        (State::Replayed, reason) => format!("replayed; {}", told(reason)),
        (State::Dropped, reason) => format!("dropped; {}", told(reason)),
    };
    writeln!(
        to,
        "{style}{:<24}{style:#} {:>4} {:<16} {:<24} {:>8} {:<20} {:<36} {:<12} {reason}",
        plain(&letter.place.to_string()),
        age(now - letter.at),
        told(&letter.origin),
        letter.handler.as_deref().map_or("(sidecar)".to_owned(), plain),
        letter.attempts.map_or("-".to_owned(), |attempts| attempts.to_string()),
        told(&letter.event.kind),
        told(&letter.event.id),
        letter.key.as_deref().map_or("-".to_owned(), |key| plain(&text(key))),
    )
}

/// That there is none.
pub(crate) fn none(to: &mut Page<'_>) -> io::Result<()> {
    writeln!(to, "no dead letters")
}

/// One letter in full.
pub(crate) fn page(letter: &Letter, payload: bool, to: &mut Page<'_>) -> io::Result<()> {
    let whole = whole(letter, payload);
    let state = format!("{:?}", letter.state).to_lowercase();
    let attempts = letter.attempts.map(|attempts| attempts.to_string());
    let lines = [
        ("letter", Some(whole.letter.letter.as_str())),
        ("state", Some(state.as_str())),
        ("written", Some(whole.letter.at.as_str())),
        ("topic", whole.letter.topic),
        ("handler", Some(whole.letter.handler.unwrap_or("none is told: it is a sidecar's"))),
        ("reason", whole.letter.reason),
        ("attempts", attempts.as_deref()),
        ("type", whole.letter.kind),
        ("id", whole.letter.id),
        ("source", whole.letter.source),
        ("subject", whole.subject),
        ("time", whole.time.as_deref()),
        ("key", whole.letter.key.as_deref()),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            writeln!(to, "{HEAD}{name:<9}{HEAD:#} {}", plain(value))?;
        }
    }
    for (name, value) in &whole.headers {
        writeln!(
            to,
            "{HEAD}header{HEAD:#}    {}: {}",
            plain(name),
            value.as_deref().map_or("(null)".to_owned(), plain)
        )?;
    }
    match &whole.payload {
        Some(payload) => writeln!(to, "\n{}", readable(payload)),
        None => writeln!(to, "{HEAD}payload{HEAD:#}   {} bytes; `--payload` shows them", whole.letter.bytes),
    }
}

/// What a replay will do.
pub(crate) fn plan_of_replay(chosen: &Chosen, to: &mut Page<'_>) -> io::Result<()> {
    plan(chosen, "to bring back", to)?;
    if let Some(unprotected) = &chosen.unprotected {
        writeln!(
            to,
            "{} of them under new ids: whoever has handled such an event will do it again",
            unprotected.count
        )?;
    }
    if chosen.settled > 0 {
        let settled = chosen.settled;
        writeln!(
            to,
            "{settled} of them dealt with before: a replay that is repeated does nothing to a handler that knows it"
        )?;
    }
    Ok(())
}

/// What will be laid aside.
pub(crate) fn plan_of_drop(chosen: &Chosen, delete: bool, to: &mut Page<'_>) -> io::Result<()> {
    plan(chosen, "to lay aside", to)?;
    if delete && chosen.count > 0 {
        writeln!(to, "then what stands before the first letter that is not dealt with is deleted")?;
    }
    Ok(())
}

fn plan(chosen: &Chosen, what: &str, to: &mut Page<'_>) -> io::Result<()> {
    writeln!(to, "{} {what}", letters(chosen.count))?;
    for ((topic, handler), count) in &chosen.by {
        let topic = topic.as_deref().map_or("an unknown topic".to_owned(), plain);
        let handler = handler.as_deref().map_or("a sidecar".to_owned(), plain);
        writeln!(to, "  {count} of {topic}, given up by {handler}")?;
    }
    Ok(())
}

/// What was brought back.
pub(crate) fn replayed(settled: Settled, to: &mut Page<'_>) -> io::Result<()> {
    let new_ids = if settled.new_ids > 0 { format!(", {} under new ids", settled.new_ids) } else { String::new() };
    writeln!(to, "{} brought back{new_ids}", letters(settled.letters))
}

/// What was laid aside.
pub(crate) fn dropped(settled: Settled, to: &mut Page<'_>) -> io::Result<()> {
    writeln!(to, "{} laid aside", letters(settled.letters))
}

/// Up to where was deleted.
pub(crate) fn deleted(before: &Place, to: &mut Page<'_>) -> io::Result<()> {
    writeln!(to, "deleted what stood before {}", plain(&before.to_string()))
}

/// The topics that a broker does not have.
pub(crate) fn absent(topics: &[String]) -> Vec<String> {
    topics.iter().map(|topic| format!("the broker has no topic {}", plain(topic))).collect()
}

/// That letters are too old, or have no id.
pub(crate) fn unprotected(unprotected: &Unprotected, now: OffsetDateTime) -> Failure {
    let memory = age(Duration::try_from(INBOX_MEMORY).unwrap_or(Duration::ZERO));
    let Unprotected { count, oldest, since, forgotten } = unprotected;
    let why = if *forgotten {
        format!("the event in {oldest} is {} old, and handlers remember for {memory}", age(now - *since))
    } else {
        format!("{oldest} is no event, so it has no id that a handler could remember")
    };
    let what = format!("{} may be handled twice", letters(*count));
    refused(
        what,
        why,
        "leave them out, as by `--newer-than`, or say `--new-ids`: whoever has handled them will do it again",
    )
}

fn letters(count: u64) -> String {
    format!("{count} dead letter{}", if count == 1 { "" } else { "s" })
}

fn stamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// `3d`, `5h`, `12m`, `40s`.
fn age(age: Duration) -> String {
    let seconds = age.whole_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Words of others on one line: none of them steers the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}

/// The same of a text with lines.
fn readable(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        let shown = [0, 59, 60, 7_199, 86_400 * 15].map(|seconds| age(Duration::seconds(seconds)));
        assert_eq!(shown, ["0s", "59s", "1m", "1h", "15d"]);
    }

    #[test]
    fn nobody_s_words_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\r\n"), "a\u{fffd}[31mb\u{fffd}\u{fffd}");
        assert_eq!(readable("{\n\t\u{7}}"), "{\n\u{fffd}\u{fffd}}");
    }
}
