//! Whole-process wall time and peak memory, as the operating system accounts for them.

use std::ops::Add;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, ensure};
use wait4::Wait4 as _;

/// One run, or several that follow each other.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sample {
    seconds: f64,
    peak_bytes: u64,
}

impl Add for Sample {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { seconds: self.seconds + other.seconds, peak_bytes: self.peak_bytes.max(other.peak_bytes) }
    }
}

/// All runs of one command.
#[derive(Debug)]
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    /// The median of the times.
    pub(crate) fn median_seconds(&self) -> f64 {
        self.sorted()[self.0.len() / 2]
    }

    /// The largest peak.
    #[expect(clippy::cast_precision_loss, reason = "a table needs no more than four digits")]
    pub(crate) fn peak_megabytes(&self) -> f64 {
        self.0.iter().map(|sample| sample.peak_bytes).max().unwrap_or_default() as f64 / 1e6
    }

    fn sorted(&self) -> Vec<f64> {
        let mut seconds: Vec<f64> = self.0.iter().map(|sample| sample.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        seconds
    }
}

/// Runs a command to its end, which has to be a good one.
pub(crate) fn run(command: &mut Command) -> Result<Sample> {
    run_to(command, 0)
}

/// Runs a command to an end with this exit code.
pub(crate) fn run_to(command: &mut Command, code: i32) -> Result<Sample> {
    let started = Instant::now();
    // What is found is written there, and is a part of the time.
    let stderr = if code == 0 { Stdio::inherit() } else { Stdio::null() };
    let mut child = command.stdout(Stdio::null()).stderr(stderr).spawn()?;
    let ended = child.wait4()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(ended.status.code() == Some(code), "{command:?}: {}", ended.status);
    Ok(Sample { seconds, peak_bytes: ended.rusage.maxrss })
}

/// So many runs after one that does not count.
pub(crate) fn repeat(runs: usize, mut one: impl FnMut() -> Result<Sample>) -> Result<Samples> {
    one()?;
    (0..runs).map(|_| one()).collect::<Result<_>>().map(Samples)
}

/// Two commands in turn, so that a machine that slows down slows both.
pub(crate) fn alternate(
    runs: usize,
    mut left: impl FnMut() -> Result<Sample>,
    mut right: impl FnMut() -> Result<Sample>,
) -> Result<(Samples, Samples)> {
    left()?;
    right()?;
    let pairs = (0..runs).map(|_| Ok((left()?, right()?))).collect::<Result<Vec<_>>>()?;
    let (lefts, rights) = pairs.into_iter().unzip();
    Ok((Samples(lefts), Samples(rights)))
}

/// A line of the table: median, spread, peak memory.
pub(crate) fn row(name: &str, samples: &Samples) {
    let sorted = samples.sorted();
    let (least, most) = (sorted[0] * 1e3, sorted[sorted.len() - 1] * 1e3);
    let median = samples.median_seconds() * 1e3;
    println!("  {name:<55} {median:>9.1} ms  ({least:.1} to {most:.1})  {:>6.1} MB", samples.peak_megabytes());
}
