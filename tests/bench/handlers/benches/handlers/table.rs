//! The table that is printed.

use std::fmt;

use crate::plan::Plan;
use crate::profile::Profile;
use crate::samples::Samples;

/// What figures are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    EventsASecond,
    RequestsASecond,
    Milliseconds,
    Megabytes,
}

impl Unit {
    fn show(self, figure: f64) -> String {
        match self {
            Self::EventsASecond => format!("{figure:.0} events/s"),
            Self::RequestsASecond => format!("{figure:.0} requests/s"),
            Self::Milliseconds => format!("{figure:.1} ms"),
            Self::Megabytes => format!("{figure:.1} MB"),
        }
    }
}

/// What a line has to show.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// At least so many times the peer's figure.
    AtLeast(f64),
    /// Less than so many times the peer's figure.
    Below(f64),
    /// At most so many times the peer's figure: what is 70 % of a speed is 1/0.7 of a time.
    AtMost(f64),
    /// Less than this, whatever others do.
    Under(f64),
}

/// One line.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) unit: Unit,
    pub(crate) ours: Samples,
    pub(crate) peer: Option<(&'static str, Samples)>,
    pub(crate) wanted: Wanted,
    /// Where the time of each goes, where that is known.
    pub(crate) profiles: Vec<(&'static str, Profile)>,
}

impl Line {
    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|(_, peer)| self.ours.median() / peer.median())
    }

    fn is_met(&self) -> bool {
        let ratio = self.ratio().unwrap_or_default();
        match self.wanted {
            Wanted::AtLeast(least) => ratio >= least,
            Wanted::Below(bound) => ratio < bound,
            Wanted::AtMost(most) => ratio <= most,
            Wanted::Under(bound) => self.ours.spread().1 < bound,
        }
    }

    fn wanted(&self) -> String {
        match self.wanted {
            Wanted::AtLeast(least) => format!("at least {least:.2}"),
            Wanted::Below(bound) => format!("below {bound:.2}"),
            Wanted::AtMost(most) => format!("at most {most:.2}"),
            Wanted::Under(bound) => format!("under {}", self.unit.show(bound)),
        }
    }

    fn shown(&self, samples: &Samples) -> String {
        let (least, most) = samples.spread();
        let median = self.unit.show(samples.median());
        if least < most { format!("{median} ({least:.0} to {most:.0})") } else { median }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = self.peer.as_ref();
        let peer = peer.map_or_else(|| "–".to_owned(), |(name, peer)| format!("{}, {name}", self.shown(peer)));
        let ratio = self.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        let verdict = if self.is_met() { "met" } else { "**missed**" };
        let (ours, wanted) = (self.shown(&self.ours), self.wanted());
        write!(formatter, "| {} | {ours} | {peer} | {ratio} | {wanted} | {verdict} |", self.name)
    }
}

/// All lines, with how loaded the machine was when each was measured.
#[derive(Debug, Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
}

impl Table {
    /// Adds lines, and prints them for whoever waits.
    pub(crate) fn add(&mut self, lines: Vec<Line>) {
        for line in &lines {
            println!("{line}");
        }
        println!("  load of the machine just now: {}", load());
        self.lines.extend(lines);
    }

    /// Prints all of it.
    pub(crate) fn print(&self, plan: &Plan) {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        println!("\n{cores} cores, {} runs, medians (least to most)\n", plan.runs);
        println!("| line | ours | peer | ratio | wanted | |\n| --- | --- | --- | --- | --- | --- |");
        for line in &self.lines {
            println!("{line}");
        }
        println!("\nCPU for each event\n");
        for line in &self.lines {
            for (name, profile) in &line.profiles {
                println!("- {}, {name}: {profile}", line.name);
            }
        }
    }
}

/// Processes that ran or waited to run: one, five and fifteen minutes.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
