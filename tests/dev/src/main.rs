//! `portolan-dev [dapr|kafka]`: the reference stack on this machine, until Ctrl-C.

#![allow(clippy::print_stdout, reason = "it is a tool that tells people what it does")]

use anyhow::Result;
use portolan_dev::{Mode, World, logs};

/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

fn main() -> Result<()> {
    let mode: Mode = std::env::args().nth(1).as_deref().unwrap_or("dapr").parse()?;
    let auth = std::env::var("BETTER_AUTH_URL").ok();
    if auth.is_none() {
        println!("BETTER_AUTH_URL is not set: nobody can sign in");
    }
    let mut world = World::start(mode, auth.as_deref().unwrap_or(NOWHERE))?;
    logs::gather(world.sources(), &world.logs().join("all.log"))?;
    println!("{}\nCtrl-C ends it.", world.table());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    println!("ending");
    Ok(())
}
