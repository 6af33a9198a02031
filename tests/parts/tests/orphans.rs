//! Parts end with the process that started them, even when that is killed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portolan_parts::{Etcd, Postgres, Scratch};

const FILE: &str = "PORTOLAN_TEST_PIDS";

/// What the other test kills: it starts parts from a thread that ends, as tests do, and then waits.
#[test]
#[ignore = "started by the other test"]
fn holder() -> Result<()> {
    let file = PathBuf::from(env::var_os(FILE).context("only the other test starts this")?);
    let started = thread::spawn(|| Ok::<_, anyhow::Error>((Etcd::start()?, Postgres::start()?)));
    let (mut etcd, mut postgres) = started.join().map_err(|_| anyhow::anyhow!("the thread panicked"))??;
    thread::sleep(Duration::from_millis(500));
    ensure!(etcd.process().is_running() && postgres.process().is_running(), "the parts ended with the thread");
    let pids = format!("{}\n{}\n", etcd.process().pid(), postgres.process().pid());
    let beside = file.with_extension("new");
    fs::write(&beside, pids)?;
    fs::rename(beside, file)?;
    thread::sleep(Duration::from_mins(1));
    Ok(())
}

#[test]
fn a_killed_test_leaves_no_process() -> Result<()> {
    let scratch = Scratch::new("orphans")?;
    let file = scratch.join("pids");
    let mut holder = Command::new(env::current_exe()?)
        .args(["--exact", "holder", "--ignored"])
        .env(FILE, &file)
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
