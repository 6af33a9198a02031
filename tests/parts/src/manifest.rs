//! What a part consisted of when it was built: a line a file with digest, size, time and path.
//!
//! Each use compares sizes and times only, which takes microseconds; a file whose time differs is read.

use std::fmt::Write;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

const NAME: &str = ".sha256";

struct Entry {
    digest: String,
    size: u64,
    modified: u128,
    path: String,
}

/// Writes the manifest of a finished part into it.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let mut paths = Vec::new();
    collect(folder, folder, &mut paths)?;
    ensure!(!paths.is_empty(), "the build left no file");
    paths.sort();
    let mut text = String::new();
    for path in paths {
        let file = folder.join(&path);
        let (size, modified) = stat(&file)?;
        writeln!(text, "{} {size} {modified} {path}", digest(&file)?)?;
    }
    fs::write(folder.join(NAME), text)?;
    Ok(())
}

/// Compares sizes and times; reads a file only where its time differs.
pub(crate) fn check(folder: &Path) -> Result<()> {
    for entry in read(folder)? {
        let (size, modified) = entry.stat(folder)?;
        if size != entry.size || (modified != entry.modified && digest(&folder.join(&entry.path))? != entry.digest) {
            bail!("{} has changed", entry.path);
        }
    }
    Ok(())
}

/// Reads every file and compares its digest.
pub(crate) fn verify(folder: &Path) -> Result<()> {
    for entry in read(folder)? {
        entry.stat(folder)?;
        if digest(&folder.join(&entry.path))? != entry.digest {
            bail!("{} has changed", entry.path);
        }
    }
    Ok(())
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        Some(Self {
            digest: words.next()?.to_owned(),
            size: words.next()?.parse().ok()?,
            modified: words.next()?.parse().ok()?,
            path: words.next()?.to_owned(),
        })
    }

    fn stat(&self, folder: &Path) -> Result<(u64, u128)> {
        stat(&folder.join(&self.path)).with_context(|| format!("{} is missing", self.path))
    }
}

fn read(folder: &Path) -> Result<Vec<Entry>> {
    let text = fs::read_to_string(folder.join(NAME)).context("its manifest cannot be read")?;
    text.lines().map(|line| Entry::parse(line).with_context(|| format!("its manifest has the line `{line}`"))).collect()
}

fn collect(root: &Path, folder: &Path, paths: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(root, &entry.path(), paths)?;
        } else {
            paths.push(entry.path().strip_prefix(root)?.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

fn stat(file: &Path) -> Result<(u64, u128)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified()?.duration_since(UNIX_EPOCH)?.as_nanos()))
}

fn digest(file: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(file)?, &mut hasher)?;
    Ok(format!("{:x}", hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn part() -> Result<Scratch> {
        let scratch = Scratch::new("manifest")?;
        fs::create_dir(scratch.join("libs"))?;
        fs::write(scratch.join("libs/a b.jar"), "one")?;
        write(scratch.path())?;
        Ok(scratch)
    }

    #[test]
    fn an_untouched_part_passes() -> Result<()> {
        let part = part()?;
        check(part.path())?;
        verify(part.path())
    }

    #[test]
    fn a_newer_time_alone_is_no_change() -> Result<()> {
        let part = part()?;
        fs::write(part.join("libs/a b.jar"), "one")?;
        check(part.path())
    }

    #[test]
    fn a_changed_or_missing_file_is_named() -> Result<()> {
        let part = part()?;
        fs::write(part.join("libs/a b.jar"), "two")?;
        assert!(check(part.path()).is_err_and(|error| error.to_string() == "libs/a b.jar has changed"));
        assert!(verify(part.path()).is_err());
        fs::remove_file(part.join("libs/a b.jar"))?;
        assert!(check(part.path()).is_err_and(|error| error.to_string() == "libs/a b.jar is missing"));
        Ok(())
    }

    #[test]
    fn an_empty_build_is_refused() -> Result<()> {
        let scratch = Scratch::new("manifest")?;
        assert!(write(scratch.path()).is_err());
        Ok(())
    }
}
