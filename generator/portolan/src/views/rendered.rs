//! What a render wrote, or would write.

use std::io::{self, Write as _};

use super::Page;
use crate::output::Changes;
use crate::rendered::Rendered;

/// One line for each environment; of a comparison also every file that is stale, and the command that mends it.
pub(crate) fn show(rendered: &[Rendered], only_compared: bool, quiet: bool, to: &mut Page<'_>) -> io::Result<()> {
    for Rendered { environment, changes } in rendered {
        if only_compared {
            show_stale(environment, changes, to)?;
        }
        if !quiet {
            writeln!(to, "{environment}: {}", summary(changes, only_compared))?;
        }
    }
    Ok(())
}

fn show_stale(environment: &str, changes: &Changes, to: &mut Page<'_>) -> io::Result<()> {
    for path in &changes.written {
        writeln!(to, "stale: {path}")?;
    }
    for path in &changes.removed {
        writeln!(to, "left over: {path}")?;
    }
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(to, "help: run `portolan render {environment}` and commit what it writes")
}

fn summary(changes: &Changes, only_compared: bool) -> String {
    let (written, removed) = (changes.written.len(), changes.removed.len());
    let unchanged = changes.unchanged;
    match (only_compared, changes.is_empty()) {
        (_, true) => format!("{unchanged} files, all up to date"),
        (true, false) => format!("{written} stale, {removed} left over, {unchanged} up to date"),
        (false, false) => format!("{written} files written, {removed} removed, {unchanged} unchanged"),
    }
}
