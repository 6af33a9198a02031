mod list;
mod settle;
mod show;

use std::path::Path;

use crate::cli::{DlqVerb, DlqWords, Format};
use crate::desk::Letters;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::report::Report;
use crate::stages::{Checked, check_environments};
use crate::views::{self, Output, human, json};

/// Does what is asked for with dead letters.
pub(super) fn run(words: &DlqWords, project: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let (broker, topics, format) = match &words.verb {
        DlqVerb::List(words) => (&words.broker, words.selection.topic.as_slice(), words.output),
        DlqVerb::Show(words) => (&words.broker, [].as_slice(), words.output),
        DlqVerb::Replay(words) => (&words.settle.broker, words.settle.selection.topic.as_slice(), Format::Human),
        DlqVerb::Drop(words) => (&words.settle.broker, words.settle.selection.topic.as_slice(), Format::Human),
    };
    let checked = match check(&broker.environment, project, format, out)? {
        Ok(checked) => checked,
        Err(exit) => return Ok(exit),
    };
    let letters = Letters::of(&checked.stack, broker, topics)?;
    portolan_cluster::block_on(async {
        match &words.verb {
            DlqVerb::List(words) => list::run(words, &letters, out).await,
            DlqVerb::Show(words) => show::run(words, &letters, out).await,
            DlqVerb::Replay(words) => settle::replay(words, &letters, out).await,
            DlqVerb::Drop(words) => settle::drop_letters(words, &letters, out).await,
        }
    })
}

/// The environment's stack; where it has errors they are shown, and how the run ends.
fn check(
    environment: &str,
    project: Option<&Path>,
    format: Format,
    out: &mut Output,
) -> Result<Result<Checked, Exit>, Failure> {
    let project = Project::find(project)?;
    let environment = project.one_environment(Some(environment))?;
    let (mut checked, failures) = check_environments(&project, &[environment]);
    let report = Report::new(&checked, false);
    let found = views::failure::show_all(&failures).unwrap_or(report.exit(false));
    if found != Exit::Done {
        match format {
            Format::Human => out.print(|to| human::show(&report, false, to))?,
            Format::Json => out.print(|to| json::show(&report, None, to))?,
        }
        return Ok(Err(found));
    }
    drop(report);
    Ok(checked.pop().ok_or(Exit::InputOutput))
}
