use clap::{Args, ValueEnum};

use super::environment;

const EXAMPLES: &str = "\
Examples:
  portolan check                         every file in infra/environments
  portolan check local prod --strict     two of them; warnings stop too
  portolan check env=prod --defaults     also show what was not written down
  portolan check --accepted              also show what the spec accepts, and why
  portolan check --output sarif          for code scanning
";

/// The words of `portolan check`.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line, and none excludes another")]
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckWords {
    /// Environments, as `prod` or `env=prod` [default: all].
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) environments: Vec<String>,
    /// For whom the output is.
    #[arg(long, value_name = "human|json|sarif", default_value = "human", hide_possible_values = true)]
    pub(crate) output: CheckFormat,
    /// Also show which defaults were taken, and for what (human, json).
    #[arg(long)]
    pub(crate) defaults: bool,
    /// Also show the findings that the spec accepts, each with its reason (human; json and sarif always have them).
    #[arg(long)]
    pub(crate) accepted: bool,
    /// Let warnings stop as errors do.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print findings only, no summary.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// For whom the findings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// People.
    Human,
    /// Programs.
    Json,
    /// Code scanning: SARIF 2.1.0.
    Sarif,
}
