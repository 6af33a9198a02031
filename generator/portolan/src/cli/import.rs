use std::path::PathBuf;

use clap::Args;

use super::Format;

const EXAMPLES: &str = "\
Examples:
  portolan import k8s --out shop                       a stack and an environment from a folder
  portolan import components deploy/prod --environment prod --stack shop
  portolan import k8s --namespace shop-prod --force    write over the spec that is there
  portolan import k8s --out shop --output json         what was left, for programs
";

/// The words of `portolan import`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportWords {
    /// Folders, or files, of YAML.
    #[arg(value_name = "DIR", required = true)]
    pub(crate) places: Vec<PathBuf>,
    /// The stack's name [default: the name of the folder that is written to].
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// The environment's name.
    #[arg(long, value_name = "NAME", default_value = "imported")]
    pub(crate) environment: String,
    /// The namespace that is imported [default: the one that most objects are in].
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Where to write [default: this folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write over a stack and an environment that are there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Exit 1 when anything was left, or a secret stood there in plain.
    #[arg(long)]
    pub(crate) strict: bool,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
}
