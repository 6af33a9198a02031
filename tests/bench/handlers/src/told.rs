//! What a peer is told.

use anyhow::{Context, Result};

/// A variable of the environment.
pub(crate) fn told(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}
