use std::path::PathBuf;

use clap::Args;

use super::{Format, environment};

const EXAMPLES: &str = "\
Examples:
  portolan render                        every file in infra/environments
  portolan render env=prod --check       exit 2 when the committed files are stale
  portolan render prod --image api-service=registry.example.com/todo/api-service:1.4.2
  portolan render prod --explain charts/values/prod/api-service.yaml
";

/// The words of `portolan render`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RenderWords {
    /// Environments, as `prod` or `env=prod` [default: all].
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) environments: Vec<String>,
    /// Write nothing; exit 2 when a file would change.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; show where each value of one rendered file came from.
    #[arg(long, value_name = "PATH", conflicts_with = "check")]
    pub(crate) explain: Option<String>,
    /// The image that a service runs; may be repeated.
    #[arg(long = "image", value_name = "SERVICE=REF", value_parser = image)]
    pub(crate) images: Vec<ImageReference>,
    /// Where to write [default: the project's folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
    /// Let warnings stop as errors do.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print findings only, no summary.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Which image a service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageReference {
    /// The service.
    pub(crate) service: String,
    /// The image, with its tag or digest.
    pub(crate) image: String,
}

fn image(typed: &str) -> Result<ImageReference, String> {
    match typed.split_once('=') {
        Some((service, image)) if !service.is_empty() && !image.is_empty() => {
            Ok(ImageReference { service: service.to_owned(), image: image.to_owned() })
        }
        _ => Err("SERVICE=REF is wanted, as in api-service=registry.example.com/api-service:1.4.2".to_owned()),
    }
}
