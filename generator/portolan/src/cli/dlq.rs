use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use portolan_pipeline::spec::Duration as Written;

use super::{Format, environment};

const LIST: &str = "\
Examples:
  portolan dlq list prod                                   what nobody has dealt with
  portolan dlq list prod --topic task-events --reason SQLSTATE
  portolan dlq list prod --all --output json               one object a line, also what is dealt with
  portolan dlq list prod --brokers localhost:9092          through a forwarded port
";
const SHOW: &str = "\
Examples:
  portolan dlq show prod task-events.dlq/0/17
  portolan dlq show prod 0190c3f2-7b1e-7c4a-9f0e-2f6a5c1d8e34 --payload
";
const REPLAY: &str = "\
Examples:
  portolan dlq replay prod task-events.dlq/0/17            one letter
  portolan dlq replay prod --handler audit-service --newer-than 2d --dry-run
  portolan dlq replay prod --topic task-events --yes       without a question, for scripts
";
const DROP: &str = "\
Examples:
  portolan dlq drop prod task-events.dlq/0/17              it stays in the topic, and is not listed any more
  portolan dlq drop prod --topic task-events --older-than 7d --delete
";

/// The words of `portolan dlq`.
#[derive(Debug, Args)]
pub(crate) struct DlqWords {
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) verb: DlqVerb,
}

/// What can be done with dead letters.
#[derive(Debug, Subcommand)]
pub(crate) enum DlqVerb {
    /// List the dead letters that nobody has dealt with.
    #[command(after_help = LIST)]
    List(ListWords),
    /// Show one in full.
    #[command(after_help = SHOW)]
    Show(ShowWords),
    /// Bring some back to the topics that they came from.
    #[command(after_help = REPLAY)]
    Replay(ReplayWords),
    /// Lay some aside: they count as dealt with.
    #[command(after_help = DROP)]
    Drop(DropWords),
}

/// Where the broker is.
#[derive(Debug, Args)]
pub(crate) struct BrokerWords {
    /// The environment, as `prod` or `env=prod`.
    #[arg(value_name = "ENV", value_parser = environment)]
    pub(crate) environment: String,
    /// The Kafka component, where several carry dead letters.
    #[arg(long, value_name = "NAME")]
    pub(crate) component: Option<String>,
    /// Addresses instead of the stack's, parted by commas: those of a forwarded port.
    #[arg(long, value_name = "HOST:PORT", value_parser = addresses)]
    pub(crate) brokers: Option<String>,
    /// A file with lines KEY=VALUE for the secrets of the broker, before the variables of the environment.
    #[arg(long, value_name = "FILE")]
    pub(crate) secrets: Option<PathBuf>,
}

/// Which letters.
#[derive(Debug, Args)]
pub(crate) struct SelectionWords {
    /// Only those of this topic; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) topic: Vec<String>,
    /// Only those that this handler gave up; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) handler: Vec<String>,
    /// Only those with these words in their reason.
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: Option<String>,
    /// Only those of the last time: 30m, 2h, 7d.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) newer_than: Option<Duration>,
    /// Only those of before that time.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) older_than: Option<Duration>,
}

/// The words of `portolan dlq list`.
#[derive(Debug, Args)]
pub(crate) struct ListWords {
    #[command(flatten)]
    pub(crate) broker: BrokerWords,
    #[command(flatten)]
    pub(crate) selection: SelectionWords,
    /// Also those that are dealt with.
    #[arg(long)]
    pub(crate) all: bool,
    /// At most so many.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// For whom the output is; json: one object a line.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
}

/// The words of `portolan dlq show`.
#[derive(Debug, Args)]
pub(crate) struct ShowWords {
    #[command(flatten)]
    pub(crate) broker: BrokerWords,
    /// The letter: its place, as `topic/partition/offset`, or the event's id.
    #[arg(value_name = "LETTER")]
    pub(crate) letter: String,
    /// Also show the message itself. It may hold personal data.
    #[arg(long)]
    pub(crate) payload: bool,
    /// For whom the output is.
    #[arg(long, value_name = "human|json", default_value = "human", hide_possible_values = true)]
    pub(crate) output: Format,
}

/// What replay and drop have in common.
#[derive(Debug, Args)]
pub(crate) struct SettleWords {
    #[command(flatten)]
    pub(crate) broker: BrokerWords,
    /// Letters, each by its place, as `topic/partition/offset`, or by the event's id.
    #[arg(value_name = "LETTER")]
    pub(crate) letters: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionWords,
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it without a question.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The words of `portolan dlq replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayWords {
    #[command(flatten)]
    pub(crate) settle: SettleWords,
    /// Also replay what handlers do not remember, under new ids: whoever has handled it will do it again.
    #[arg(long)]
    pub(crate) new_ids: bool,
}

/// The words of `portolan dlq drop`.
#[derive(Debug, Args)]
pub(crate) struct DropWords {
    #[command(flatten)]
    pub(crate) settle: SettleWords,
    /// Then delete what stands before the first letter that is not dealt with.
    #[arg(long)]
    pub(crate) delete: bool,
}

impl SelectionWords {
    /// Whether anything is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.topic.is_empty()
            && self.handler.is_empty()
            && self.reason.is_none()
            && self.newer_than.is_none()
            && self.older_than.is_none()
    }
}

fn addresses(typed: &str) -> Result<String, String> {
    let is_address = |part: &str| {
        part.trim().rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    if typed.split(',').all(is_address) { Ok(typed.to_owned()) } else { Err("host:port is wanted".to_owned()) }
}

fn duration(typed: &str) -> Result<Duration, String> {
    let written: Written = typed.parse().map_err(|wanted| format!("{wanted} is wanted"))?;
    Ok(Duration::from_millis(written.as_milliseconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_times_are_what_they_say() {
        assert!(addresses("localhost:9092, b:1").is_ok());
        assert!(["", "localhost", "a:9092,", ":9092", "a:b"].iter().all(|wrong| addresses(wrong).is_err()));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        assert!(duration("2 weeks").is_err());
    }
}
