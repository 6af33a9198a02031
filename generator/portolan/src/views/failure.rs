//! What goes to standard error: what stood in the way, and our own bugs.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};

use crate::exit::Exit;
use crate::failure::Failure;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const HELP: Style = AnsiColor::BrightCyan.on_default().bold();
/// Where bugs are reported.
const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// Shows one failure: what, why and how to mend it.
pub(crate) fn show(failure: &Failure) {
    let Failure { what, why, fix, .. } = failure;
    let help = if fix.is_empty() { String::new() } else { format!("{HELP}help{HELP:#}: {fix}\n") };
    let text = format!("{ERROR}error{ERROR:#}: {what}: {why}\n{help}");
    // Where standard error is closed, nobody can be told.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Shows all of them, and says how the run ends for the first one.
pub(crate) fn show_all(failures: &[Failure]) -> Option<Exit> {
    failures.iter().for_each(show);
    failures.first().map(|failure| failure.exit)
}

/// Says what does not stop the run.
#[cfg(feature = "world")]
pub(crate) fn note_all(notes: &[String]) {
    for note in notes {
        let _ = anstream::stderr().lock().write_all(format!("{HELP}note{HELP:#}: {note}\n").as_bytes());
    }
}

/// How far a long run is, where somebody watches.
#[cfg(feature = "world")]
pub(crate) fn progress(done: u64, all: u64) {
    use std::io::IsTerminal as _;
    if done > 0 && done < all && std::io::stderr().is_terminal() {
        let _ = anstream::stderr().lock().write_all(format!("{done} of {all}\n").as_bytes());
    }
}

/// Shows a bug of ours in one line.
pub(crate) fn bug(what: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let text = format!("{ERROR}bug{ERROR:#} in portolan {version}: {what}; please report it at {ISSUES}\n");
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
