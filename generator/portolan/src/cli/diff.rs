use clap::Args;

use super::{Format, environment};

const EXAMPLES: &str = "\
Examples:
  portolan diff local prod                        what differs, value by value
  portolan diff local prod --detailed-exitcode    exit 2 when anything does
  portolan diff env=local env=prod --output json
";

/// The words of `portolan diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DiffWords {
    /// The environment on the left.
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) left: String,
    /// The environment on the right.
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) right: String,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
    /// Exit 2 when there are differences.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}
