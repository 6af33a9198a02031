use std::path::Path;

use portolan_pipeline::graph::graph_stack;

use crate::cli::{GraphFormat, GraphWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::report::Report;
use crate::stages::check_environments;
use crate::views::{self, Output, human, json};

/// Shows who publishes what, who gets it, and who else talks to whom.
pub(super) fn run(words: &GraphWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let project = Project::find(project)?;
    let environment = project.one_environment(words.environment.as_deref())?;
    let (checked, failures) = check_environments(&project, &[environment]);
    let report = Report::new(&checked, false);
    let found = views::failure::show_all(&failures).unwrap_or(report.exit(false));
    if found != Exit::Done {
        match words.output {
            GraphFormat::Json => out.print(|to| json::show(&report, None, to))?,
            _ => out.print(|to| human::show(&report, false, to))?,
        }
        return Ok(found);
    }
    for graph in checked.iter().map(|checked| graph_stack(&checked.stack)) {
        match words.output {
            GraphFormat::Text => out.print(|to| views::verbatim(graph.text().as_bytes(), to))?,
            GraphFormat::Mermaid => out.print(|to| views::verbatim(graph.mermaid().as_bytes(), to))?,
            GraphFormat::Dot => out.print(|to| views::verbatim(graph.dot().as_bytes(), to))?,
            GraphFormat::Json => out.print(|to| json::write(&graph, to))?,
        }
    }
    Ok(Exit::Done)
}
