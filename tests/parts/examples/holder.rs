//! What `tests/orphans.rs` kills: it starts parts from a thread that ends, as tests do, writes their process ids to the
//! file that it is given, and then waits.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portolan_parts::{Etcd, Postgres};

fn main() -> Result<()> {
    let file = PathBuf::from(env::args_os().nth(1).context("a file for the process ids")?);
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
