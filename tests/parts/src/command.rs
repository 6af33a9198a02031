//! Commands that run to their end.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// Lines of a log that an error shows: enough for a stack trace's head, little enough to read.
const SHOWN_LINES: usize = 40;

/// Runs a command with its words appended to a log; when it fails, the error shows the log's end.
pub(crate) fn run(mut command: Command, log: &Path) -> Result<()> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot open {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let status = command.status().with_context(|| format!("cannot run {}", words(&command)))?;
    if !status.success() {
        bail!("{} ended with {status}\n{}", words(&command), tail(log));
    }
    Ok(())
}

/// Runs a command for its output; when it fails, the error shows what it wrote to stderr.
pub(crate) fn output(mut command: Command) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {}", words(&command)))?;
    if !output.status.success() {
        let said = last_lines(&String::from_utf8_lossy(&output.stderr));
        bail!("{} ended with {}\n{said}", words(&command), output.status);
    }
    Ok(output)
}

/// The end of a log.
pub(crate) fn tail(log: &Path) -> String {
    match fs::read(log) {
        Ok(bytes) => last_lines(&String::from_utf8_lossy(&bytes)),
        Err(error) => format!("({} cannot be read: {error})", log.display()),
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

/// The command as a person would type its beginning: arguments may be whole scripts.
fn words(command: &Command) -> String {
    let all = std::iter::once(command.get_program()).chain(command.get_args());
    let short = |word: &std::ffi::OsStr| word.to_string_lossy().lines().next().unwrap_or_default().to_owned();
    format!("`{}`", all.take(8).map(short).collect::<Vec<_>>().join(" "))
}
