use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  portolan contract diff ../main/handlers handlers         every service of two checkouts
  portolan contract diff old.json new.json                 two files
  portolan contract diff ../main . --detailed-exitcode     exit 2 when something breaks
  portolan contract diff ../main . --output markdown       for a merge request
";

/// The words of `portolan contract`.
#[derive(Debug, Args)]
pub(crate) struct ContractWords {
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) verb: ContractVerb,
}

/// What can be done with contracts.
#[derive(Debug, Subcommand)]
pub(crate) enum ContractVerb {
    /// Show what a change of contracts breaks, and which services that hits.
    Diff(ContractDiffWords),
}

/// The words of `portolan contract diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ContractDiffWords {
    /// The contracts as they were: a file, a folder of contracts, or a checkout with a folder `handlers`.
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// The contracts as they are.
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// For whom the output is.
    #[arg(long, value_name = "human|json|markdown", default_value = "human", hide_possible_values = true)]
    pub(crate) output: ContractFormat,
    /// Exit 2 when something breaks.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// For whom the comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContractFormat {
    /// People.
    Human,
    /// Programs.
    Json,
    /// A merge request.
    Markdown,
}
