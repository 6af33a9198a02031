use std::path::Path;

use portolan_pipeline::asyncapi::document_stack;

use crate::cli::{AsyncApiFormat, AsyncApiWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::report::Report;
use crate::stages::check_environments;
use crate::views::{self, Output, asyncapi, human, json};

/// Prints the events of a stack as an `AsyncAPI` document.
pub(super) fn run(words: &AsyncApiWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let project = Project::find(project)?;
    let environment = project.one_environment(words.environment.as_deref())?;
    let (checked, failures) = check_environments(&project, &[environment]);
    let report = Report::new(&checked, false);
    let found = views::failure::show_all(&failures).unwrap_or(report.exit(false));
    if found != Exit::Done {
        match words.output {
            AsyncApiFormat::Json => out.print(|to| json::show(&report, None, to))?,
            AsyncApiFormat::Yaml => out.print(|to| human::show(&report, false, to))?,
        }
        return Ok(found);
    }
    for document in checked.iter().map(|checked| document_stack(&checked.stack, &words.api_version)) {
        match words.output {
            AsyncApiFormat::Yaml => out.print(|to| asyncapi::show(&document, to))?,
            AsyncApiFormat::Json => out.print(|to| json::write(&document, to))?,
        }
    }
    Ok(Exit::Done)
}
