//! `just bench handlers`: the services against programs that do the same by hand, in turn, on the same parts and the same events.
//! Ratios decide. A line that is missed is said to be missed; only a benchmark that could not be run fails.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

mod consumer;
mod database;
mod events;
mod footprint;
mod ground;
mod plan;
mod profile;
mod requests;
mod samples;
mod sidecar;
mod start;
mod subject;
mod table;

use anyhow::Result;

use ground::Ground;
use plan::{Group, Plan};
use table::Table;

fn main() -> Result<()> {
    let Some(plan) = Plan::read(std::env::args().skip(1))? else { return Ok(()) };
    let (ground, mut table) = (Ground::start(&plan)?, Table::default());
    for group in &plan.groups {
        table.add(match group {
            Group::Kafka => consumer::measure(&ground)?,
            Group::Dapr => sidecar::measure(&ground)?,
            Group::Requests => requests::measure(&ground)?,
            Group::Start => start::measure(&ground)?,
            Group::Footprint => footprint::measure(&ground)?,
        });
    }
    table.print(&plan);
    Ok(())
}
