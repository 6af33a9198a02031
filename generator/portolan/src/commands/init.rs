use std::path::Path;

use crate::cli::{Format, InitWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::create;
use crate::starter::{Starter, check_starter};
use crate::views::{Output, json, started};

/// Writes a first stack and a first environment.
pub(super) fn run(words: &InitWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let folder = project.unwrap_or(Path::new("."));
    let starter = Starter::new(words, folder);
    check_starter(&starter)?;
    create(folder, &starter.files)?;
    let begun = started::Started::new(&starter, project);
    match words.output {
        Format::Human => out.print(|to| started::show(&begun, to))?,
        Format::Json => out.print(|to| json::write(&begun, to))?,
    }
    Ok(Exit::Done)
}
