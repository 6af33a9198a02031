use clap::Args;

use super::Format;

const EXAMPLES: &str = "\
Examples:
  portolan init                              a stack with one service, to begin from
  portolan init --broker broker.kafka.svc.cluster.local:9092
  portolan init --service invoices --topic orders --image registry.example.com/shop/invoices:1.0.0
";

/// The words of `portolan init`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitWords {
    /// The stack's name [default: the folder's].
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// Where Kafka listens, as KEDA's own namespace sees it.
    #[arg(long, value_name = "HOST:PORT", default_value = "kafka.kafka.svc.cluster.local:9092")]
    pub(crate) broker: String,
    /// The first service.
    #[arg(long, value_name = "NAME", default_value = "worker")]
    pub(crate) service: String,
    /// The image that it runs [default: `registry.example.com/STACK/SERVICE:1.0.0`].
    #[arg(long, value_name = "REF", value_parser = image)]
    pub(crate) image: Option<String>,
    /// The topic that it subscribes to.
    #[arg(long, value_name = "TOPIC", default_value = "events")]
    pub(crate) topic: String,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
}

/// An image is one word; whether there is such an image nobody here can say.
fn image(typed: &str) -> Result<String, String> {
    match typed {
        "" => Err("the image's name is missing".to_owned()),
        _ if typed.contains(|letter: char| letter.is_whitespace() || letter.is_control()) => {
            Err("an image's name has no spaces".to_owned())
        }
        _ => Ok(typed.to_owned()),
    }
}
