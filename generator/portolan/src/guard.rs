//! The last line of defence: a panic is our bug, and the user gets one line and an exit code instead of a trace.

use std::panic::{self, PanicHookInfo};

use crate::exit::Exit;
use crate::views;

/// Runs the program; a panic in it ends as [`Exit::Bug`].
pub(crate) fn guarded(run: impl FnOnce() -> Exit + panic::UnwindSafe) -> Exit {
    let default_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        views::failure::bug(&describe(info));
        // Who sets it wants the trace, and reads it.
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
            default_hook(info);
        }
    }));
    panic::catch_unwind(run).unwrap_or(Exit::Bug)
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let reason = info.payload_as_str().unwrap_or("no reason given").lines().next().unwrap_or_default();
    match info.location() {
        Some(place) => format!("{reason} ({}:{})", place.file(), place.line()),
        None => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;
    use crate::exit::Exit;

    #[test]
    fn a_panic_ends_as_a_bug() {
        assert_eq!(guarded(|| panic!("the test's own")), Exit::Bug);
    }
}
