//! `just bench render`: whole-process times of `portolan render`, against `helm template` for the same services in the
//! same run, and against itself on larger and larger stacks. Ratios decide; every line names what it must show.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

mod measure;
mod synthetic;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use measure::{Sample, alternate, row, run, run_to};
use portolan_parts::{Scratch, helm};

const RUNS: usize = 9;
/// `helm template` of all services takes at least so many times as long as `portolan render`.
const AGAINST_HELM: f64 = 20.0;
/// Time per service at 5,000 services over that at 100.
const GROWTH: f64 = 1.3;
/// At 1,000 services.
const LARGE_SECONDS: f64 = 1.0;
const LARGE_MEGABYTES: f64 = 200.0;
/// A check that finds one error over one that finds none; what is above 1 is left to chance.
const WITH_AN_ERROR: f64 = 1.2;
/// What a check ends with that found errors.
const FINDINGS: i32 = 1;

fn main() -> Result<ExitCode> {
    // `cargo test --benches` runs this too; there it only has to build.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(ExitCode::SUCCESS);
    }
    let lines = [against_helm()?, growth()?, with_an_error()?].concat();
    println!("\nwhat the benchmark must show");
    for (line, holds) in &lines {
        println!("  {} {line}", if *holds { "holds " } else { "MISSED" });
    }
    Ok(if lines.iter().all(|(_, holds)| *holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

type Line = (String, bool);

/// A finding costs what it takes to show it, however large the stack is.
fn with_an_error() -> Result<Vec<Line>> {
    let (clean, wrong) = (synthetic::project(1_000)?, synthetic::project_with_an_error(1_000)?);
    let (clean, wrong) = alternate(
        RUNS,
        || run(portolan(clean.path()).args(["check", "env=prod"])),
        || run_to(portolan(wrong.path()).args(["check", "env=prod"]), FINDINGS),
    )?;
    println!("\nsynthetic stacks of 1,000 services, {RUNS} runs");
    row("portolan check env=prod, nothing found", &clean);
    row("portolan check env=prod, one error found", &wrong);
    let ratio = wrong.median_seconds() / clean.median_seconds();
    let line = format!(
        "a check that finds one error takes {ratio:.2} times as long as one that finds none (at most {WITH_AN_ERROR})"
    );
    Ok(vec![(line, ratio <= WITH_AN_ERROR)])
}

fn against_helm() -> Result<Vec<Line>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let scratch = memory()?;
    let mut fresh = 0;
    let values = values_of_prod(&root)?;
    let (portolan, helm) = alternate(
        RUNS,
        || {
            fresh += 1;
            run(portolan(&root).args(["render", "env=prod", "--out"]).arg(scratch.join(fresh.to_string())))
        },
        || {
            values.iter().try_fold(Sample::default(), |sum, values| {
                Ok(sum + run(helm()?.arg("template").arg("x").arg(root.join("charts/handler")).arg("-f").arg(values))?)
            })
        },
    )?;
    println!("Todo, prod, {} services, {RUNS} runs", values.len());
    row("portolan render env=prod, all checks, every file new", &portolan);
    row("helm template, the same services one by one", &helm);
    let ratio = helm.median_seconds() / portolan.median_seconds();
    let milliseconds = portolan.median_seconds() * 1_000.0;
    Ok(vec![
        (format!("helm template takes {ratio:.0} times as long (at least {AGAINST_HELM:.0})"), ratio >= AGAINST_HELM),
        (format!("portolan takes {milliseconds:.1} ms (under 12 on a quiet machine; shown, the ratio decides)"), true),
    ])
}

fn values_of_prod(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join("charts/values/prod");
    let values: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    Ok(values)
}

fn growth() -> Result<Vec<Line>> {
    println!("\nsynthetic stacks, {RUNS} runs each, every file new, written to memory");
    let mut measured = Vec::new();
    for services in [100_u32, 1_000, 5_000] {
        let project = synthetic::project(services)?;
        let samples = measure::repeat(RUNS, || {
            let out = memory()?;
            run(portolan(project.path()).args(["render", "--out"]).arg(out.path()))
        })?;
        row(&format!("{services} services"), &samples);
        measured.push((services, samples.median_seconds(), samples.peak_megabytes()));
    }
    let per_service = |at: usize| measured[at].1 / f64::from(measured[at].0);
    let growth = per_service(2) / per_service(0);
    let (_, seconds, megabytes) = measured[1];
    Ok(vec![
        (format!("time per service at 5,000 is {growth:.2} times that at 100 (at most {GROWTH})"), growth <= GROWTH),
        (format!("1,000 services take {seconds:.2} s (under {LARGE_SECONDS})"), seconds < LARGE_SECONDS),
        (format!("1,000 services take {megabytes:.0} MB (under {LARGE_MEGABYTES:.0})"), megabytes < LARGE_MEGABYTES),
    ])
}

/// A folder in memory where there is one. On ext4, files that take the places of files deleted a moment ago cost
/// milliseconds each (`recently_deleted`), which is the disk's time and not portolan's.
fn memory() -> Result<Scratch> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { Scratch::new_in(memory, "out") } else { Scratch::new("out") }
}

fn portolan(project: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    command.current_dir(project);
    command
}
