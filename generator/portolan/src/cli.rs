//! The command line: what people may type, and what `--help` says about it.

mod asyncapi;
mod catalogue;
mod check;
mod completions;
mod contract;
mod diff;
#[cfg(feature = "world")]
mod dlq;
mod environment;
mod explain;
mod graph;
mod import;
mod init;
mod render;
mod schema;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

pub(crate) use asyncapi::{AsyncApiFormat, AsyncApiWords};
pub(crate) use catalogue::CatalogueWords;
pub(crate) use check::{CheckFormat, CheckWords};
pub(crate) use completions::CompletionsWords;
pub(crate) use contract::{ContractDiffWords, ContractFormat, ContractVerb, ContractWords};
pub(crate) use diff::DiffWords;
#[cfg(feature = "world")]
pub(crate) use dlq::{
    BrokerWords, DlqVerb, DlqWords, DropWords, ListWords, ReplayWords, SelectionWords, SettleWords, ShowWords,
};
pub(crate) use environment::environment;
pub(crate) use explain::ExplainWords;
pub(crate) use graph::{GraphFormat, GraphWords};
pub(crate) use import::ImportWords;
pub(crate) use init::InitWords;
pub(crate) use render::{ImageReference, RenderWords};
pub(crate) use schema::{SchemaOf, SchemaWords};

use crate::exit::Exit;

const EXAMPLES: &str = "\
Examples:
  portolan init               begin a stack in this folder
  portolan check              check every environment
  portolan check prod         check one
  portolan render env=prod    write what the clusters need
  portolan explain P002       what a finding means, and what to do
";

/// Everything on one command line.
#[derive(Debug, Parser)]
#[command(name = "portolan", version, about, after_help = format!("{EXAMPLES}\n{}", Exit::table()))]
pub(crate) struct Words {
    /// The folder that holds infra/stack.yaml [default: the nearest one, from here upward].
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) project: Option<PathBuf>,
    /// Colour the output; auto: on a terminal, unless `NO_COLOR` is set.
    #[arg(long, value_name = "auto|always|never", default_value = "auto", global = true, hide_possible_values = true)]
    pub(crate) color: Color,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// One verb a variant; each has its file here and in `commands`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Write a first stack and environment into this folder, or into the one of `--project`.
    Init(InitWords),
    /// Write a stack and an environment from the YAML of Dapr, KEDA and Kubernetes.
    Import(ImportWords),
    /// Check the stack: all findings, each with its place, its reason and the way to mend it.
    Check(CheckWords),
    /// Check, then write what Dapr, KEDA, Helm, Strimzi and Kubernetes need.
    Render(RenderWords),
    /// Show what differs between two environments, value by value.
    Diff(DiffWords),
    /// Compare the contracts of handlers.
    Contract(ContractWords),
    /// Show who publishes what, who gets it, and who else talks to whom.
    Graph(GraphWords),
    /// Print the events of a stack as an `AsyncAPI` 3.0 document.
    #[command(name = "asyncapi")]
    AsyncApi(AsyncApiWords),
    /// List dead letters, bring them back, or lay them aside.
    #[cfg(feature = "world")]
    Dlq(DlqWords),
    /// Explain a finding's code; without one, list them all.
    Explain(ExplainWords),
    /// List what is known of every component type and scaler, or show the keys of one.
    Catalogue(CatalogueWords),
    /// Print the JSON Schema of the spec, for editors.
    Schema(SchemaWords),
    /// Print a script that completes portolan's words in a shell.
    Completions(CompletionsWords),
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Into files and pipes too.
    Always,
    /// Nowhere.
    Never,
}

/// For whom the output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// People.
    Human,
    /// Programs.
    Json,
}

/// Reads a command line.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Words, clap::Error> {
    Words::try_parse_from(words)
}

/// The command as clap knows it, for completions.
pub(crate) fn command() -> clap::Command {
    Words::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_do_not_contradict_each_other() {
        super::command().debug_assert();
    }
}
