//! A run under watch: it ends in time, and never holds more memory than a laptop can spare.

use std::fs::{self, File};
use std::process::{Child, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use portolan_parts::Scratch;

use super::hostile::program;

/// Of the processor, so that a busy machine fails nothing.
const MOST_TIME: Duration = Duration::from_secs(10);
/// By the clock: what only waits uses no processor.
const PATIENCE: Duration = Duration::from_mins(1);
const MOST_MEMORY: u64 = 1_500_000_000;

/// Runs portolan in a project. What it says goes through files: megabytes of it must not make it wait for us.
pub(crate) fn watched(project: &Scratch, arguments: &[&str]) -> Result<Output> {
    let said = Scratch::new("said")?;
    let [out, err] = ["out", "err"].map(|name| said.join(name));
    let mut command = program();
    command.args(arguments).current_dir(project.path()).stdin(Stdio::null());
    let mut child = command.stdout(File::create(&out)?).stderr(File::create(&err)?).spawn()?;
    let status = wait(&mut child)?;
    Ok(Output { status, stdout: fs::read(out)?, stderr: fs::read(err)? })
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let (time, memory) = (time(child.id()), memory(child.id()));
        if time > MOST_TIME || begin.elapsed() > PATIENCE || memory > MOST_MEMORY {
            child.kill()?;
            child.wait()?;
            bail!(
                "it was stopped after {time:?} of work, {:?} by the clock, with {memory} bytes held",
                begin.elapsed()
            );
        }
        sleep(Duration::from_millis(5));
    }
}

/// The most memory that a process ever held, in bytes; none where the system does not say.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    most.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
}

/// How long a process has worked, in its own code and in the system's: fields 14 and 15, in hundredths of a second.
fn time(process: u32) -> Duration {
    let about = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in field 2 may hold anything, a closing bracket last.
    let behind = about.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

#[test]
fn a_process_is_measured() {
    let begin = Instant::now();
    while time(std::process::id()) < Duration::from_millis(20) && begin.elapsed() < PATIENCE {
        std::hint::spin_loop();
    }
    assert!(begin.elapsed() < PATIENCE, "the system does not say how long a process works");
    assert!(memory(std::process::id()) > 1_000_000, "the system does not say what a process holds");
}
