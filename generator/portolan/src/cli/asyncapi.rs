use clap::{Args, ValueEnum};

use super::environment;

const EXAMPLES: &str = "\
Examples:
  portolan asyncapi prod > asyncapi.yaml
  portolan asyncapi env=prod --output json
  portolan asyncapi prod --api-version 2.3.0
";

/// The words of `portolan asyncapi`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AsyncApiWords {
    /// The environment, as `prod` or `env=prod` [default: the only one].
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) environment: Option<String>,
    /// The version of the events, as `info.version`.
    #[arg(long, value_name = "VERSION", default_value = "1.0.0")]
    pub(crate) api_version: String,
    /// In which language.
    #[arg(long, value_name = "yaml|json", default_value = "yaml", hide_possible_values = true)]
    pub(crate) output: AsyncApiFormat,
}

/// In which language the document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AsyncApiFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}
