//! What happens to the members and their parts, and when.

use std::time::Duration;

use crate::{Chance, Mode};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member's process is ended at once.
    Kill,
    /// A member is told to end.
    Leave,
    /// One more member comes.
    Join,
    /// What has ended is started again.
    Revive,
    /// The broker is ended at once and started again.
    Broker,
    /// The database is stopped and started again.
    Database,
    /// A sidecar is ended at once.
    Sidecar,
}

/// How hard a run is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How events come.
    pub mode: Mode,
    /// What chance begins with.
    pub seed: u64,
    /// How many events there are.
    pub events: usize,
    /// How long it takes to send them.
    pub span: Duration,
    /// How many processes there are at the start.
    pub members: usize,
    /// How many are killed.
    pub kills: usize,
    /// How often the broker, and the database, is started again.
    pub restarts: usize,
    /// How many sidecars are killed.
    pub sidecars: usize,
    /// Whether a member comes or leaves every second.
    pub storm: bool,
    /// Whether what keeps effects right and is wrong all the same is looked for: it takes ten seconds more.
    pub probes: bool,
}

impl Plan {
    /// The short form for so few events, the long one for many.
    pub fn of(mode: Mode, seed: u64, events: usize) -> Self {
        let long = events > 10_000;
        let pace = if mode == Mode::Dapr { 250 } else { 1_000 };
        Self {
            mode,
            seed,
            events,
            span: Duration::from_secs((events / pace) as u64).max(Duration::from_secs(10)),
            members: if mode == Mode::Dapr { 2 } else { 3 },
            kills: if long { 20 } else { 10 },
            restarts: if long { 2 } else { 1 },
            sidecars: match mode {
                Mode::Kafka => 0,
                Mode::Dapr if long => 5,
                Mode::Dapr => 2,
            },
            storm: false,
            probes: false,
        }
    }

    /// Members come and leave every second, and nothing else happens.
    pub fn storm(seed: u64, events: usize) -> Self {
        Self { kills: 0, restarts: 0, storm: true, ..Self::of(Mode::Kafka, seed, events) }
    }

    /// What happens, in order.
    pub(crate) fn schedule(&self, chance: &mut Chance) -> Vec<(Duration, Step)> {
        let span = usize::try_from(self.span.as_millis()).unwrap_or(usize::MAX);
        let mut steps: Vec<(usize, Step)> = Vec::new();
        let wanted = [
            (self.kills, Step::Kill),
            (self.restarts, Step::Broker),
            (self.restarts, Step::Database),
            (self.sidecars, Step::Sidecar),
        ];
        for (count, step) in wanted {
            steps.extend((0..count).map(|_| (chance.below(span), step)));
        }
        steps.extend((0..span).step_by(300).map(|at| (at + chance.below(300), Step::Revive)));
        if self.storm {
            let come_and_go = (0..span).step_by(1000).zip([Step::Join, Step::Leave].into_iter().cycle());
            steps.extend(come_and_go);
        }
        steps.sort_by_key(|(at, _)| *at);
        steps.into_iter().map(|(at, step)| (Duration::from_millis(at as u64), step)).collect()
    }
}
