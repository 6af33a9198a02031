//! The words of the command line.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use portolan_soak::{Broken, FAULTS, Mode, Plan, Program, run};

/// Events of a run in which a mistake has to show.
const FEW: usize = 10_000;
/// In so many seeds it has to.
const SEEDS: u64 = 3;

/// `faults [FAULT]`, or `[EVENTS] [kafka|dapr|storm] [SEED]`.
pub(crate) fn soak(arguments: &[String]) -> Result<()> {
    if arguments.first().is_some_and(|word| word == "faults") {
        return faults(arguments.get(1).map(String::as_str));
    }
    let mut events = 100_000;
    let mut seed = None;
    let mut modes = vec!["kafka", "dapr", "storm"];
    for (place, word) in arguments.iter().enumerate() {
        match (word.as_str(), word.parse()) {
            ("kafka" | "dapr" | "storm", _) => modes = vec![word.as_str()],
            (_, Ok(number)) if place == 0 => events = number,
            (_, Ok(number)) => seed = Some(number as u64),
            _ => bail!("`{word}` is no number and none of kafka, dapr, storm, faults"),
        }
    }
    let seed = seed.map_or_else(other_seed, Ok)?;
    for mode in modes {
        let plan = match mode {
            "storm" => Plan::storm(seed, events),
            "dapr" => Plan::of(Mode::Dapr, seed, events),
            _ => Plan::of(Mode::Kafka, seed, events),
        };
        print(&format!("{mode}, seed {seed}"));
        print(&run(plan, beside("soak-subject", None)?)?.to_string());
    }
    Ok(())
}

/// Each mistake shows in a random run of one of the first seeds. What is answered too early is known to the database in Kafka mode,
/// and the consumer goes back, so that mistake shows behind a sidecar only.
fn faults(only: Option<&str>) -> Result<()> {
    for fault in FAULTS.into_iter().filter(|fault| only.is_none_or(|only| only == *fault)) {
        let mode = if fault == "commit-before-the-transaction" { Mode::Dapr } else { Mode::Kafka };
        let seen = (1..=SEEDS).find_map(|seed| {
            let plan = Plan { probes: true, ..Plan::of(mode, seed, FEW) };
            let ran = beside("soak-faulty-subject", Some(fault)).and_then(|program| run(plan, program));
            ran.err().map(|error| (seed, error))
        });
        let (seed, error) = seen.with_context(|| format!("{fault} is not seen in {SEEDS} seeds"))?;
        ensure!(error.is::<Broken>(), "{fault}: {error:?}");
        print(&format!("{fault}: seen with seed {seed}\n{error:#}\n"));
    }
    Ok(())
}

/// A program of this package: they are built together.
fn beside(name: &str, fault: Option<&'static str>) -> Result<Program> {
    let path: PathBuf = std::env::current_exe()?.with_file_name(name);
    ensure!(path.exists(), "{} is not built", path.display());
    Ok(Program { path, fault })
}

fn other_seed() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

#[expect(clippy::print_stdout, reason = "it is the program's output")]
pub(crate) fn print(text: &str) {
    println!("{text}");
}
