//! Where the time goes: CPU that an event takes, in the program, in `PostgreSQL` and in the broker. A ratio that is missed is
//! explained by it; it also says what is to be expected where more cores are.

use std::fmt;
use std::fs;

use anyhow::{Context, Result};

use crate::samples::Samples;

/// The kernel's unit here, on every architecture that Linux runs on.
const TICKS_A_SECOND: f64 = 100.0;

/// Microseconds for each event, of several runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile([Samples; 3]);

/// Seconds that the three have taken so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken([f64; 3]);

impl Taken {
    /// By these processes: the program, the database's first, the broker's.
    pub(crate) fn so_far(program: Option<u32>, postgres: u32, kafka: u32) -> Result<Self> {
        let program = program.map_or(Ok(0.0), own)?;
        Ok(Self([program, with_children(postgres)?, own(kafka)?]))
    }
}

impl Profile {
    /// One more run, from before it to its end.
    pub(crate) fn push(&mut self, before: Taken, after: Taken, events: f64) {
        for (samples, (before, after)) in self.0.iter_mut().zip(before.0.into_iter().zip(after.0)) {
            samples.push((after - before) / events * 1e6);
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [program, postgres, kafka] = &self.0;
        let (program, postgres, kafka) = (program.median(), postgres.median(), kafka.median());
        write!(formatter, "{program:.0} µs in the program, {postgres:.0} in PostgreSQL, {kafka:.0} in Kafka")
    }
}

fn own(process: u32) -> Result<f64> {
    let [user, system, ..] = times(process)?;
    Ok(user + system)
}

/// Those that have ended are counted by the first.
fn with_children(process: u32) -> Result<f64> {
    let mut sum: f64 = times(process)?.iter().sum();
    for entry in fs::read_dir("/proc")? {
        let number = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        // One may end meanwhile.
        if let Some(number) = number
            && let Ok(text) = stat(number)
            && text.split(' ').nth(1) == Some(&process.to_string())
        {
            sum += own(number).unwrap_or_default();
        }
    }
    Ok(sum)
}

/// Seconds for the program and for the kernel, and those of children that have ended.
fn times(process: u32) -> Result<[f64; 4]> {
    let text = stat(process)?;
    let mut times = [0.0; 4];
    for (time, word) in times.iter_mut().zip(text.split(' ').skip(11)) {
        *time = word.parse::<f64>()? / TICKS_A_SECOND;
    }
    Ok(times)
}

/// What stands behind the name, which may hold spaces: state, parent, and so on.
fn stat(process: u32) -> Result<String> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, rest) = text.rsplit_once(") ").context("no statistics")?;
    Ok(rest.to_owned())
}
