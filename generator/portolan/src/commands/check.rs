use std::path::Path;

use crate::cli::{CheckFormat, CheckWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::report::Report;
use crate::stages::check_environments;
use crate::views::{self, Output, human, json, sarif};

/// Shows all that is wrong with the environments.
pub(super) fn run(words: &CheckWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let project = Project::find(project)?;
    let environments = project.environments(&words.environments)?;
    let (checked, failures) = check_environments(&project, &environments);
    let report = Report::new(&checked, words.defaults);
    match words.output {
        CheckFormat::Human => out.print(|to| human::show_with(&report, words.accepted, words.quiet, to))?,
        CheckFormat::Json => out.print(|to| json::show(&report, None, to))?,
        CheckFormat::Sarif => out.print(|to| sarif::show(&report, to))?,
    }
    Ok(views::failure::show_all(&failures).unwrap_or(report.exit(words.strict)))
}
