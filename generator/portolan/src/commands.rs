//! One verb a file: the list of its stages.

mod asyncapi;
mod catalogue;
mod check;
mod completions;
mod contract;
mod diff;
#[cfg(feature = "world")]
mod dlq;
mod explain;
mod graph;
mod import;
mod init;
mod render;
mod schema;

use crate::cli::{Verb, Words};
use crate::exit::Exit;
use crate::views::{self, Output};

/// Runs one command line.
pub(crate) fn run(words: &Words) -> Exit {
    let mut out = Output::new(words.color);
    let project = words.project.as_deref();
    let ended = match &words.verb {
        Verb::Init(verb) => init::run(verb, project, &mut out),
        Verb::Import(verb) => import::run(verb, project, &mut out),
        Verb::Check(verb) => check::run(verb, project, &mut out),
        Verb::Render(verb) => render::run(verb, project, &mut out),
        Verb::Diff(verb) => diff::run(verb, project, &mut out),
        Verb::Contract(verb) => contract::run(verb, &mut out),
        Verb::Graph(verb) => graph::run(verb, project, &mut out),
        Verb::AsyncApi(verb) => asyncapi::run(verb, project, &mut out),
        #[cfg(feature = "world")]
        Verb::Dlq(verb) => dlq::run(verb, project, &mut out),
        Verb::Explain(verb) => explain::run(verb, &mut out),
        Verb::Catalogue(verb) => catalogue::run(verb, &mut out),
        Verb::Schema(verb) => schema::run(verb, &mut out),
        Verb::Completions(verb) => completions::run(verb, &mut out),
    };
    ended.unwrap_or_else(|failure| {
        views::failure::show(&failure);
        failure.exit
    })
}
