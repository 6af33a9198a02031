//! Parts end with the process that started them, even when that is killed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portolan_parts::Scratch;

#[test]
fn a_killed_test_leaves_no_process() -> Result<()> {
    let scratch = Scratch::new("orphans")?;
    let file = scratch.join("pids");
    let mut holder = Command::new(holder()?)
        .arg(&file)
        // What it leaves behind when killed lies in a folder that this test removes.
        .env("TMPDIR", open_to_all(&scratch)?)
        .spawn()?;
    let pids = read_when_there(&file, &mut holder)?;
    assert_eq!(pids.len(), 2);
    assert!(pids.iter().all(alive));
    holder.kill()?;
    holder.wait()?;

    let deadline = Instant::now() + Duration::from_secs(10);
    while pids.iter().any(alive) {
        ensure!(Instant::now() < deadline, "left running: {pids:?}");
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// The example is built with all tests.
fn holder() -> Result<PathBuf> {
    let test = env::current_exe()?;
    let target = test.parent().and_then(Path::parent).context("the target folder")?;
    let holder = target.join("examples/holder");
    ensure!(holder.exists(), "run `cargo test -p portolan-parts`, which builds {}", holder.display());
    Ok(holder)
}

/// `PostgreSQL` runs as another user, which must be able to pass.
fn open_to_all(scratch: &Scratch) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch.join("tmp");
    fs::create_dir(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o1777))?;
    Ok(folder)
}

fn read_when_there(file: &Path, holder: &mut Child) -> Result<Vec<String>> {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !file.exists() {
        ensure!(holder.try_wait()?.is_none(), "the holder ended by itself");
        ensure!(Instant::now() < deadline, "the holder started nothing");
        thread::sleep(Duration::from_millis(50));
    }
    Ok(fs::read_to_string(file)?.lines().map(str::to_owned).collect())
}

/// A process that has ended but that nobody has asked about yet is no longer alive.
fn alive(pid: &String) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}
