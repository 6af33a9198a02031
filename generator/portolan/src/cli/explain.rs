use clap::Args;

use super::Format;

const EXAMPLES: &str = "\
Examples:
  portolan explain                       list every code
  portolan explain P002                  the page of one
  portolan explain P002 --output json
";

/// The words of `portolan explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainWords {
    /// The code, as it stands in the brackets of a finding.
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
}
