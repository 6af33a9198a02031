//! The repository as a reader has it: a copy of its files.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::pages::{root, tracked};

/// Copies every file with its time of change, so that what was built from an earlier copy in the same place stays fresh.
pub(crate) fn copy(to: &Path) -> Result<()> {
    for name in tracked()? {
        let (from, to) = (root().join(&name), to.join(&name));
        fs::create_dir_all(to.parent().context("a folder")?)?;
        fs::copy(&from, &to).with_context(|| name.clone())?;
        File::options().write(true).open(&to)?.set_modified(fs::metadata(&from)?.modified()?)?;
    }
    Ok(())
}
