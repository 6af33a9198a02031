use std::path::Path;

use crate::cli::{Format, RenderWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::rendered::{Rendered, render_environments, set_images};
use crate::report::Report;
use crate::stages::{Checked, check_environments};
use crate::views::{self, Output, human, json, provenance, rendered};

/// Checks, then writes what the clusters need.
pub(super) fn run(words: &RenderWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let project = Project::find(project)?;
    let environments = project.environments(&words.environments)?;
    let (mut checked, failures) = check_environments(&project, &environments);
    set_images(&mut checked, &words.images)?;
    let report = Report::new(&checked, false);
    let found = views::failure::show_all(&failures).unwrap_or(report.exit(words.strict));
    if found != Exit::Done {
        show(words, &report, &[], out)?;
        return Ok(found);
    }
    if let Some(path) = &words.explain {
        return explain(words, &checked, path, out);
    }
    let root = words.out.as_deref().unwrap_or(project.root());
    let rendered = render_environments(&checked, root, words.check)?;
    show(words, &report, &rendered, out)?;
    let stale = words.check && rendered.iter().any(|rendered| !rendered.changes.is_empty());
    Ok(if stale { Exit::Differences } else { Exit::Done })
}

fn show(words: &RenderWords, report: &Report<'_>, rendered: &[Rendered], out: &mut Output) -> Result<(), Failure> {
    match words.output {
        Format::Human => out.print(|to| {
            human::show(report, words.quiet, to)?;
            rendered::show(rendered, words.check, words.quiet, to)
        }),
        Format::Json => out.print(|to| json::show(report, Some(rendered), to)),
    }
}

fn explain(words: &RenderWords, checked: &[Checked], path: &str, out: &mut Output) -> Result<Exit, Failure> {
    let explained = provenance::find(checked, path)?;
    match words.output {
        Format::Human => out.print(|to| provenance::show(&explained, to))?,
        Format::Json => out.print(|to| json::write(&explained, to))?,
    }
    Ok(Exit::Done)
}
