//! The cached command-line tools, and files that they work on.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::recipe::apt;
use crate::{cache, tool};

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

/// schemathesis, which reads an `OpenAPI` document and makes up requests.
pub fn schemathesis() -> Result<Command> {
    let mut schemathesis = python("schemathesis")?;
    schemathesis.args(["-c", "from schemathesis.cli import schemathesis; schemathesis()"]);
    Ok(schemathesis)
}

/// wrk.
pub fn wrk() -> Result<Command> {
    Ok(Command::new(apt::WRK.folder()?.join("wrk")))
}

/// A Python that finds the packages of a part, and leaves nothing compiled beside them.
pub(crate) fn python(part: &str) -> Result<Command> {
    let mut python = Command::new(tool::python()?);
    python.env("PYTHONPATH", cache::folder(part)?).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONNOUSERSITE", "1");
    Ok(python)
}
