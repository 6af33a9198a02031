use clap::{Args, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  portolan schema > infra/schema/stack.schema.json
  portolan schema contract
";

/// The words of `portolan schema`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SchemaWords {
    /// Of what.
    #[arg(value_name = "OF", default_value = "stack")]
    pub(crate) of: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A stack, and an environment.
    Stack,
    /// A handler's contract.
    Contract,
}
