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
    /// Of a stack and its environments, or of a handler's contract.
    #[arg(value_name = "stack|contract", default_value = "stack", hide_possible_values = true)]
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
