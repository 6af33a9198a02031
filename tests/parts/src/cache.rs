//! Where parts are kept: `~/.cache/portolan-parts/<name>-<version>/`, or below `PORTOLAN_PARTS_CACHE`.
//!
//! A part is built beside its place and renamed into it, so a folder that is there is whole. One process builds, the others wait.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::manifest;
use crate::part::{self, Part};
use crate::progress::Progress;
use crate::recipe::{Recipe, Site};

/// How a part came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It stands in `PORTOLAN_PARTS_DIR` or was installed by the distribution.
    Provided,
    /// It was in the cache.
    Cached,
    /// It was obtained just now.
    Built(Duration),
}

/// A part that is there.
#[derive(Clone, Debug)]
pub struct Located {
    /// Its folder.
    pub folder: PathBuf,
    /// How it came there.
    pub origin: Origin,
}

/// The folder of a part, obtained first where it is missing.
pub fn folder(name: &str) -> Result<PathBuf> {
    Ok(ensure(part::find(name)?)?.folder)
}

/// The program of a part that is one program, obtained first where it is missing.
pub fn program(name: &str) -> Result<PathBuf> {
    Ok(folder(name)?.join(name))
}

/// Makes sure that a part is there, with a word on stderr when it takes a while.
pub fn ensure(part: &Part) -> Result<Located> {
    match present(part)? {
        Some(found) => Ok(found),
        None => obtain(part, &Progress::plain()),
    }
}

/// The part, if it is there already and unchanged since it was built.
pub fn present(part: &Part) -> Result<Option<Located>> {
    let provided = match part.recipe {
        Recipe::Debian(package) => (package.installed)(),
        _ => provided(part),
    };
    if let Some(folder) = provided {
        return Ok(Some(Located { folder, origin: Origin::Provided }));
    }
    let folder = place(part)?;
    if !folder.is_dir() {
        return Ok(None);
    }
    manifest::check(&folder).with_context(|| repair(part, &folder))?;
    Ok(Some(Located { folder, origin: Origin::Cached }))
}

/// Reads every file of a cached part and compares it with what was built.
pub fn verify(part: &Part, located: &Located) -> Result<()> {
    if located.origin == Origin::Provided {
        return Ok(());
    }
    manifest::verify(&located.folder).with_context(|| repair(part, &located.folder))
}

/// Obtains a part that is not there, unless another process does so meanwhile.
pub(crate) fn obtain(part: &Part, progress: &Progress) -> Result<Located> {
    let started = Instant::now();
    progress.starts(part);
    if let Recipe::Debian(package) = part.recipe {
        let folder = package.folder()?;
        return Ok(Located { folder, origin: Origin::Built(started.elapsed()) });
    }
    let _lock = lock(part)?;
    if let Some(found) = present(part)? {
        return Ok(found);
    }
    let folder = place(part)?;
    build(part, &folder).with_context(|| format!("cannot obtain {} {}", part.name, part.version))?;
    Ok(Located { folder, origin: Origin::Built(started.elapsed()) })
}

/// The cache's root.
pub fn root() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("PORTOLAN_PARTS_CACHE") {
        return Ok(PathBuf::from(chosen));
    }
    let home = env::home_dir().context("no home folder: set PORTOLAN_PARTS_CACHE")?;
    Ok(home.join(".cache/portolan-parts"))
}

/// Where a part is kept.
pub fn place(part: &Part) -> Result<PathBuf> {
    Ok(root()?.join(label(part)))
}

/// A part that `PORTOLAN_PARTS_DIR` has: a program of that name, or a folder of that name with or without the version.
fn provided(part: &Part) -> Option<PathBuf> {
    let given = PathBuf::from(env::var_os("PORTOLAN_PARTS_DIR")?);
    if given.join(part.name).is_file() {
        return Some(given);
    }
    [label(part), part.name.to_owned()].iter().map(|name| given.join(name)).find(|folder| folder.is_dir())
}

fn build(part: &Part, folder: &Path) -> Result<()> {
    let beside = root()?.join(".building").join(label(part));
    if beside.exists() {
        fs::remove_dir_all(&beside).context("cannot remove what an interrupted build left")?;
    }
    let site = Site { work: beside.join("work"), out: beside.join(part.name), log: beside.join("log") };
    fs::create_dir_all(&site.work)?;
    fs::create_dir_all(&site.out)?;
    part.recipe.build(&site)?;
    manifest::write(&site.out)?;
    fs::rename(&site.out, folder).with_context(|| format!("cannot move the part to {}", folder.display()))?;
    fs::remove_dir_all(&beside)?;
    Ok(())
}

fn lock(part: &Part) -> Result<File> {
    let locks = root()?.join(".locks");
    fs::create_dir_all(&locks).with_context(|| format!("cannot create {}", locks.display()))?;
    let file = File::create(locks.join(label(part)))?;
    file.lock()?;
    Ok(file)
}

fn label(part: &Part) -> String {
    format!("{}-{}", part.name, part.version)
}

fn repair(part: &Part, folder: &Path) -> String {
    format!("the cached {} is not what was built: remove {} and run `parts {}`", part.name, folder.display(), part.name)
}

/// The bytes of all files of a folder.
pub(crate) fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            bytes += size(&entry.path())?;
        } else if kind.is_file() {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// Refuses names that are no part before anything is fetched.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<&'static Part>> {
    if names.is_empty() {
        return Ok(part::PARTS.iter().collect());
    }
    let found: Result<Vec<_>> = names.iter().map(|name| part::find(name)).collect();
    match found {
        Ok(parts) if parts.is_empty() => bail!("no part is named"),
        other => other,
    }
}
