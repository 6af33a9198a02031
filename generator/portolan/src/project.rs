//! The project: the folder with infra/stack.yaml, and what may be read from it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use portolan_pipeline::spec::{Files, MAX_BYTES, ReadError, STACK_PATH};
use portolan_pipeline::suggest::nearest;

use crate::failure::{Failure, fragment};

/// Where the environments stand, relative to the project.
const ENVIRONMENTS: &str = "infra/environments";

/// The project's folder.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The folder that `--project` names, or the nearest one with a stack, from the current folder upward.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, Failure> {
        if let Some(folder) = named {
            return Self::at(folder);
        }
        let here = std::env::current_dir().map_err(|error| no_project("cannot read the current folder", &error))?;
        let root = here.ancestors().find(|folder| folder.join(STACK_PATH).exists());
        let why = || format!("neither this folder nor one above has {STACK_PATH}");
        Self::at(root.ok_or_else(|| no_project("there is no stack here", &why()))?)
    }

    fn at(folder: &Path) -> Result<Self, Failure> {
        let root =
            folder.canonicalize().map_err(|error| no_project(&format!("cannot open {}", folder.display()), &error))?;
        if !root.join(STACK_PATH).exists() {
            return Err(no_project("there is no stack", &format!("{} has no {STACK_PATH}", folder.display())));
        }
        Ok(Self { root })
    }

    /// The project's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The environments that are asked for, each once; all of them where none is.
    pub(crate) fn environments(&self, asked: &[String]) -> Result<Vec<String>, Failure> {
        let known = self.known_environments()?;
        if asked.is_empty() {
            return Ok(known);
        }
        let mut environments: Vec<String> = Vec::new();
        for name in asked {
            if !known.contains(name) {
                return Err(unknown_environment(name, &known));
            }
            if !environments.contains(name) {
                environments.push(name.clone());
            }
        }
        Ok(environments)
    }

    /// The one environment that is asked for; where none is, the only one that there is.
    pub(crate) fn one_environment(&self, asked: Option<&str>) -> Result<String, Failure> {
        let asked: Vec<String> = asked.into_iter().map(str::to_owned).collect();
        let environments = self.environments(&asked)?;
        match environments.as_slice() {
            [only] => Ok(only.clone()),
            known => Err(Failure::usage(
                "no environment is named",
                format!("{ENVIRONMENTS} has {}", known.join(", ")),
                "name one of them",
            )),
        }
    }

    fn known_environments(&self) -> Result<Vec<String>, Failure> {
        let folder = fs::read_dir(self.root.join(ENVIRONMENTS)).map_err(|error| no_environment(&error))?;
        let names = folder.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>();
        let names = names.map_err(|error| no_environment(&error))?;
        // Names are printed and become folders; one that steers the terminal, or is hidden as `..` is, names no environment.
        let printable = |name: &&str| !name.is_empty() && !name.starts_with('.') && !name.contains(char::is_control);
        let environments = names.iter().filter_map(|name| name.to_str()?.strip_suffix(".yaml")).filter(printable);
        let mut known: Vec<String> = environments.map(str::to_owned).collect();
        known.sort();
        if known.is_empty() { Err(no_environment(&"there is no .yaml file in it")) } else { Ok(known) }
    }
}

fn no_project(what: &str, why: &dyn ToString) -> Failure {
    Failure::input_output(what, why.to_string(), "go to the project's folder, or name it with `--project DIR`")
}

fn no_environment(why: &dyn ToString) -> Failure {
    let what = format!("there is no environment in {ENVIRONMENTS}");
    Failure::input_output(what, why.to_string(), format!("describe one in {ENVIRONMENTS}/local.yaml"))
}

fn unknown_environment(name: &str, known: &[String]) -> Failure {
    let fix = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("describe it in {ENVIRONMENTS}/{name}.yaml"),
    };
    Failure::usage(format!("there is no environment `{name}`"), format!("{ENVIRONMENTS} has {}", known.join(", ")), fix)
}

impl Files for Project {
    fn environments(&self) -> Option<Vec<String>> {
        self.known_environments().ok()
    }

    fn read(&self, path: &str) -> Result<String, ReadError> {
        let relative = Path::new(path);
        if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(outside());
        }
        let place = self.root.join(relative);
        let size = readable_size(&place)?;
        // A link inside the project may point anywhere; what it points to would be shown in the findings.
        if !place.canonicalize().map_err(|error| failed(&error))?.starts_with(&self.root) {
            return Err(outside());
        }
        read_text(&place, size)
    }
}

/// The text of a file outside of any project, under the same limits.
pub(crate) fn read_file(place: &Path) -> Result<String, ReadError> {
    let size = readable_size(place)?;
    read_text(place, size)
}

/// The size of a file that may be read: neither a folder, nor a device that never ends, nor too large.
fn readable_size(place: &Path) -> Result<usize, ReadError> {
    let about = fs::metadata(place).map_err(|error| failed(&error))?;
    if about.is_dir() {
        return Err(ReadError::Failed("it is a folder, not a file".to_owned()));
    }
    if !about.is_file() {
        return Err(ReadError::Failed("it is a device or a pipe, not a file".to_owned()));
    }
    usize::try_from(about.len()).ok().filter(|size| *size <= MAX_BYTES).ok_or_else(too_large)
}

fn read_text(place: &Path, size: usize) -> Result<String, ReadError> {
    let mut bytes = Vec::with_capacity(size);
    let file = File::open(place).map_err(|error| failed(&error))?;
    // The file may grow between the look at its size and now.
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = valid.matches('\n').count() + 1;
        ReadError::Failed(format!("it is not UTF-8 text: line {line} has a byte of another encoding"))
    })
}

fn too_large() -> ReadError {
    ReadError::Failed(format!("it is larger than {} MiB", MAX_BYTES / 1024 / 1024))
}

fn outside() -> ReadError {
    ReadError::Failed("it lies outside the project".to_owned())
}

fn failed(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::Missing,
        _ => ReadError::Failed(fragment(&error.to_string())),
    }
}
