//! Each mistake that a runtime could make is seen: one scenario a mistake, in which the runtime as it is keeps a promise, and the one
//! that makes the mistake does not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

mod consuming;
mod publishing;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;
use portolan_soak::{Broken, FAULTS, Mode, Parts, Program, Stand};

/// A mistake and the promise that it breaks.
pub(crate) struct Scenario {
    pub(crate) fault: &'static str,
    pub(crate) mode: Mode,
    pub(crate) attempts: u32,
    pub(crate) play: fn(&mut Stand<'_>) -> Result<()>,
}

fn scenarios() -> Vec<Scenario> {
    consuming::scenarios().into_iter().chain(publishing::scenarios()).collect()
}

/// The program with faults is a program of this package, and so is the ordinary one.
pub(crate) const ORDINARY: &str = env!("CARGO_BIN_EXE_soak-subject");
const FAULTY: &str = env!("CARGO_BIN_EXE_soak-faulty-subject");

#[test]
fn each_mistake_breaks_the_promise_that_is_otherwise_kept() {
    let mut parts = Parts::start().unwrap();
    for (number, scenario) in scenarios().iter().enumerate() {
        let fault = scenario.fault;
        let begun = Instant::now();
        let ordinary = Program { path: PathBuf::from(ORDINARY), fault: None };
        let kept = play(&mut parts, scenario, &format!("kept{number}"), ordinary, Duration::from_secs(30));
        kept.unwrap_or_else(|error| panic!("without the mistake of {fault}: {error:?}"));
        let middle = Instant::now();
        let faulty = Program { path: PathBuf::from(FAULTY), fault: Some(fault) };
        let broken = play(&mut parts, scenario, &format!("broken{number}"), faulty, Duration::from_secs(3));
        let error = broken.err().unwrap_or_else(|| panic!("{fault} is not seen"));
        let Some(Broken(promise)) = error.downcast_ref::<Broken>() else {
            panic!("with the mistake of {fault}: {error:?}")
        };
        let (first, second) = ((middle - begun).as_millis(), middle.elapsed().as_millis());
        println!("{fault}: kept in {first} ms, broken in {second} ms: {promise}");
    }
}

fn play(parts: &mut Parts, scenario: &Scenario, name: &str, program: Program, patience: Duration) -> Result<()> {
    let mut stand = Stand::new(parts, name, scenario.mode, program, scenario.attempts)?;
    stand.patience = patience;
    (scenario.play)(&mut stand)
}

/// The sources name every mistake once, so nothing is left out here.
#[test]
fn every_mistake_has_its_scenario_and_no_ordinary_program_holds_its_name() {
    let source = include_str!("../../../handlers/handler-runtime/src/faults.rs");
    let names = source.lines().filter_map(|line| line.split_once(": &str = \"")?.1.strip_suffix("\";"));
    let mut names: Vec<&str> = names.filter(|name| name.contains('-')).collect();
    let mut played: Vec<&str> = scenarios().iter().map(|scenario| scenario.fault).collect();
    played.sort_unstable();
    let mut known = names.clone();
    known.sort_unstable();
    assert_eq!(known, played);
    assert!(FAULTS.iter().all(|fault| known.contains(fault)) && known.len() == FAULTS.len());
    names.push("PORTOLAN_FAULT");
    assert_eq!(held(ORDINARY, &names), BTreeSet::new(), "the ordinary program holds names of mistakes");
    // Else nothing would be shown of the ordinary one.
    assert_eq!(held(FAULTY, &names), names.iter().map(|name| (*name).to_owned()).collect());
}

/// Which of these names a program holds.
fn held(program: &str, names: &[&str]) -> BTreeSet<String> {
    let mut grep = Command::new("grep");
    grep.env("LC_ALL", "C");
    grep.args(["--text", "--only-matching", "--fixed-strings"]);
    grep.args(names.iter().flat_map(|name| ["-e", name])).arg(program);
    let found = String::from_utf8(grep.output().unwrap().stdout).unwrap();
    found.lines().map(str::to_owned).collect()
}

/// The runtime with faults has the runtime's sources, and needs what it needs.
#[test]
fn the_faulty_runtime_has_the_dependencies_of_the_runtime() {
    let dependencies = |manifest: &str| {
        let section = manifest.split("[dependencies]\n").nth(1).unwrap();
        section.split("\n[").next().unwrap().trim().to_owned()
    };
    let runtime = dependencies(include_str!("../../../handlers/handler-runtime/Cargo.toml"));
    let faulty = dependencies(include_str!("../../faults/Cargo.toml"));
    assert_eq!(faulty, runtime, "tests/faults/Cargo.toml has to name what handlers/handler-runtime/Cargo.toml names");
}
