//! The cached command-line tools, and files that they work on.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::cache;
use crate::recipe::apt;

/// helm.
pub fn helm() -> Result<Command> {
    Ok(Command::new(cache::program("helm")?))
}

/// kubectl.
pub fn kubectl() -> Result<Command> {
    Ok(Command::new(cache::program("kubectl")?))
}

/// Dapr's Helm chart.
pub fn dapr_chart() -> Result<PathBuf> {
    Ok(cache::folder("dapr-chart")?.join("dapr"))
}

/// wrk.
pub fn wrk() -> Result<Command> {
    Ok(Command::new(apt::WRK.folder()?.join("wrk")))
}
