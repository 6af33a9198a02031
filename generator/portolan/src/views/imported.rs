//! What an import wrote, and what it left.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use portolan_pipeline::import::{Imported, Names, Place};
use serde::Serialize;

use super::Page;
use super::started::word;

const SECRET: Style = AnsiColor::BrightRed.on_default().bold();
const LEFT: Style = AnsiColor::BrightYellow.on_default().bold();
const ADDED: Style = AnsiColor::BrightCyan.on_default();

/// An import that is done.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    stack: &'a str,
    environment: &'a str,
    #[serde(rename = "written")]
    files: Vec<&'a str>,
    #[serde(flatten)]
    imported: &'a Imported,
    next: String,
}

impl<'a> Written<'a> {
    /// Of these files, in a folder.
    pub(crate) fn new(names: &'a Names, imported: &'a Imported, folder: &Path) -> Self {
        let there = if folder == Path::new(".") {
            String::new()
        } else {
            format!(" --project {}", word(&folder.to_string_lossy()))
        };
        Self {
            stack: &names.stack,
            environment: &names.environment,
            files: imported.files.iter().rev().map(|(path, _)| path.as_str()).collect(),
            imported,
            next: format!("portolan check {}{there}", word(&names.environment)),
        }
    }
}

/// What became references, what was left, what is added, then the files and the next command.
pub(crate) fn show(done: &Written<'_>, to: &mut Page<'_>) -> io::Result<()> {
    show_left(done.imported, to)?;
    let mut added = BTreeMap::<&str, usize>::new();
    for one in &done.imported.added {
        *added.entry(&one.object).or_default() += usize::from(!one.field.is_empty());
    }
    for (object, values) in added {
        let what = if values == 0 { "is new".to_owned() } else { format!("gets {values} more values") };
        writeln!(to, "{ADDED}rendered{ADDED:#} {}: {what}", plain(object))?;
    }
    writeln!(to, "{} objects carried over", done.imported.carried.len())?;
    done.files.iter().try_for_each(|path| writeln!(to, "{path} written"))?;
    writeln!(to, "next: {}", done.next)
}

/// Secrets in plain, and what was left.
pub(crate) fn show_left(imported: &Imported, to: &mut Page<'_>) -> io::Result<()> {
    for secret in &imported.secrets {
        let (object, field) = (plain(&secret.object), plain(&secret.field));
        writeln!(
            to,
            "{SECRET}secret[P501]{SECRET:#} {}: {object} {field}: it stands there in plain",
            at(&secret.place)
        )?;
        writeln!(to, "  help: put it into the secret behind `{}`, and change it", plain(&secret.reference))?;
    }
    for left in &imported.left {
        let what = if left.field.is_empty() {
            plain(&left.object)
        } else {
            format!("{} {}", plain(&left.object), plain(&left.field))
        };
        writeln!(to, "{LEFT}left{LEFT:#} {}: {what}: {}", at(&left.place), plain(&left.reason))?;
        if !left.help.is_empty() {
            writeln!(to, "  help: {}", left.help)?;
        }
    }
    Ok(())
}

fn at(place: &Place) -> String {
    format!("{}:{}:{}", plain(&place.file), place.line, place.column)
}

/// Names come from files: none of them may steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}
