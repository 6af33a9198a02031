use std::path::Path;

use portolan_pipeline::render::{compare_manifests, render_stack};

use crate::cli::{DiffWords, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::report::Report;
use crate::stages::check_environments;
use crate::views::{self, Output, diff, human, json};

/// Renders two environments in memory and shows what differs.
pub(super) fn run(words: &DiffWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let project = Project::find(project)?;
    let environments = project.environments(&[words.left.clone(), words.right.clone()])?;
    let (checked, failures) = check_environments(&project, &environments);
    let report = Report::new(&checked, false);
    let found = views::failure::show_all(&failures).unwrap_or(report.exit(false));
    if found != Exit::Done {
        match words.output {
            Format::Human => out.print(|to| human::show(&report, false, to))?,
            Format::Json => out.print(|to| json::show(&report, None, to))?,
        }
        return Ok(found);
    }
    let rendered: Vec<_> = checked.iter().map(|checked| render_stack(&checked.stack)).collect();
    // One environment named twice is read once, and differs from itself in nothing.
    let differences = match rendered.as_slice() {
        [left, right] => compare_manifests(left, right),
        _ => Vec::new(),
    };
    match words.output {
        Format::Human => out.print(|to| diff::show(&words.left, &words.right, &differences, to))?,
        Format::Json => out.print(|to| json::write(&differences, to))?,
    }
    let differs = words.detailed_exitcode && !differences.is_empty();
    Ok(if differs { Exit::Differences } else { Exit::Done })
}
