//! What is measured, and how often.

use anyhow::{Context, Result, bail};

/// Lines that are measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// audit-service as a consumer.
    Kafka,
    /// audit-service behind a sidecar.
    Dapr,
    /// api-service.
    Requests,
    /// From the start of a process to its first event.
    Start,
    /// Sizes and memory.
    Footprint,
}

const GROUPS: [(&str, Group); 5] = [
    ("kafka", Group::Kafka),
    ("dapr", Group::Dapr),
    ("requests", Group::Requests),
    ("start", Group::Start),
    ("footprint", Group::Footprint),
];

/// What is measured.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Everything, unless groups are named.
    pub(crate) groups: Vec<Group>,
    /// How often each is measured: 5.
    pub(crate) runs: usize,
    /// How many events a consumer is given: 120,000.
    pub(crate) events: usize,
    /// How many seconds requests are sent for: 6.
    pub(crate) seconds: u64,
}

impl Plan {
    /// Reads words such as `kafka` and `runs=3`; none where cargo only wants to know that the benchmark builds.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut plan = Self { groups: Vec::new(), runs: 5, events: 120_000, seconds: 6 };
        for word in words {
            let number = |text: &str| text.parse::<usize>().with_context(|| format!("{word} is no number"));
            match word.split_once('=') {
                // `cargo test --benches` runs this too, and cargo tells a benchmark that it is one.
                None if word == "--test" => return Ok(None),
                None if word == "--bench" => {}
                Some(("runs", text)) => plan.runs = number(text)?.max(1),
                Some(("events", text)) => plan.events = number(text)?.max(2000),
                Some(("seconds", text)) => plan.seconds = number(text)?.max(1) as u64,
                _ => plan.groups.push(group(&word)?),
            }
        }
        if plan.groups.is_empty() {
            plan.groups = GROUPS.map(|(_, group)| group).into();
        }
        Ok(Some(plan))
    }
}

fn group(word: &str) -> Result<Group> {
    let Some((_, group)) = GROUPS.iter().find(|(name, _)| *name == word) else {
        let names = GROUPS.map(|(name, _)| name).join(", ");
        bail!("there is no group {word}; there are {names}, and runs=, events=, seconds=");
    };
    Ok(*group)
}
