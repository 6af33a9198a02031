//! `portolan-dev [dapr|kafka]`: the reference stack on this machine, until Ctrl-C.

#![allow(clippy::print_stdout, reason = "it is a tool that tells people what it does")]

use anyhow::Result;
use portolan_dev::{Mode, World, logs};
use portolan_parts::BetterAuth;

fn main() -> Result<()> {
    let mode: Mode = std::env::args().nth(1).as_deref().unwrap_or("dapr").parse()?;
    let auth = BetterAuth::start()?;
    let mut world = World::start(mode, &auth.url())?;
    logs::gather(world.sources(), &world.logs().join("all.log"))?;
    println!("{}\nsign in at {}\nCtrl-C ends it.", world.table(), auth.url());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    println!("ending");
    Ok(())
}
