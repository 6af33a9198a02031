use clap::Args;
use portolan_pipeline::catalogue::{NEWEST_DAPR, NEWEST_KEDA};

use super::Format;

const EXAMPLES: &str = "\
Examples:
  portolan catalogue                          every component type and scaler, a line each
  portolan catalogue pubsub.kafka             the keys of one
  portolan catalogue kafka --keda 2.20        as an older KEDA has it
  portolan catalogue --output json            everything, for programs
";

/// The words of `portolan catalogue`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CatalogueWords {
    /// A component type or a scaler [default: all].
    #[arg(value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// Dapr's version.
    #[arg(long, value_name = "VERSION", default_value = NEWEST_DAPR)]
    pub(crate) dapr: String,
    /// KEDA's version.
    #[arg(long, value_name = "VERSION", default_value = NEWEST_KEDA)]
    pub(crate) keda: String,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
}
