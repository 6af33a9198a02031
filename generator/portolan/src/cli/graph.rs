use clap::{Args, ValueEnum};

use super::environment;

const EXAMPLES: &str = "\
Examples:
  portolan graph local                             a paragraph for each topic and service
  portolan graph prod --output mermaid             for a page on GitHub
  portolan graph env=prod --output dot | dot -Tsvg > stack.svg
";

/// The words of `portolan graph`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GraphWords {
    /// The environment, as `prod` or `env=prod` [default: the only one].
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) environment: Option<String>,
    /// For whom the output is.
    #[arg(long, value_name = "text|mermaid|dot|json", default_value = "text", hide_possible_values = true)]
    pub(crate) output: GraphFormat,
}

/// For whom the graph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// People.
    Text,
    /// Pages: a Mermaid flowchart.
    Mermaid,
    /// Graphviz.
    Dot,
    /// Programs.
    Json,
}
