//! The file of one release: a header with an index on its first line, then one line for each entry.

use anyhow::{Context, Result};
use serde::Serialize;

/// Writes header and entries.
pub(crate) fn write(header: &impl Serialize, entries: &[impl Serialize]) -> Result<String> {
    let mut text = line(header)?;
    for entry in entries {
        text.push_str(&line(entry)?);
    }
    Ok(text)
}

fn line(value: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string(value).context("the data cannot be written as JSON")?;
    text.push('\n');
    Ok(text)
}
