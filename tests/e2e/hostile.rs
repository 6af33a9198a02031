//! What the tests of bad days share: a small project, a run that is watched, and a whole folder as a value.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use portolan_parts::Scratch;

use super::support::{both, portolan};

/// The environment of [`project`]; each has its name in it.
pub(crate) const ENVIRONMENT: &str =
    "portolan: v1\ncluster: { flavour: minikube, namespace: harbour, dapr: \"1.18\", keda: \"2.21\" }\n";

/// Everything below a folder, by path.
pub(crate) type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// A stack of a few services that nobody else has to agree with.
pub(crate) fn stack(services: &[&str]) -> String {
    let mut text = "portolan: v1\nstack: harbour\nimages: { registry: registry.example.com }\nservices:\n".to_owned();
    for service in services {
        text.extend(["  ", service, ": { expose: true, port: 8080 }\n"]);
    }
    text
}

/// So many texts in a row.
pub(crate) fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

/// A project with these environments.
pub(crate) fn project(stack: &str, environments: &[&str]) -> Result<Scratch> {
    let scratch = Scratch::new("bad-day")?;
    fs::create_dir_all(scratch.join("infra/environments"))?;
    scratch.write("infra/stack.yaml", stack)?;
    for name in environments {
        scratch.write(&format!("infra/environments/{name}.yaml"), format!("environment: {name}\n{ENVIRONMENT}"))?;
    }
    Ok(scratch)
}

/// A project of two services, rendered.
pub(crate) fn rendered() -> Result<Scratch> {
    let project = project(&stack(&["pilot", "tug"]), &["local"])?;
    portolan(project.path(), &["render"])?;
    Ok(project)
}

/// Every file below a folder. Links are not followed.
pub(crate) fn tree(folder: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let text = fs::read(&path)?;
                tree.insert(path, text);
            }
        }
    }
    Ok(tree)
}

/// The files that were rendered, with those that wait to take their places.
pub(crate) fn output(project: &Path) -> Result<Tree> {
    let mut tree = tree(project)?;
    tree.retain(|path, _| {
        !path.ends_with("infra/stack.yaml") && !path.to_string_lossy().contains("infra/environments/")
    });
    Ok(tree)
}

/// The same files with the same texts.
pub(crate) fn assert_same(before: &Tree, after: &Tree) -> Result<()> {
    let names = |tree: &Tree| tree.keys().cloned().collect::<Vec<_>>();
    ensure!(names(before) == names(after), "files were {:?} and are {:?}", names(before), names(after));
    let changed: Vec<_> = before.iter().filter(|(path, text)| after.get(*path) != Some(text)).collect();
    ensure!(changed.is_empty(), "changed: {:?}", changed.iter().map(|(path, _)| path).collect::<Vec<_>>());
    Ok(())
}

/// A run that was refused: with this code, with these words, and without a trace of a panic.
pub(crate) fn assert_refused(output: &Output, code: i32, words: &[&str]) -> Result<()> {
    let said = both(output);
    ensure!(output.status.code() == Some(code), "{code} is wanted, this is {}: {said}", output.status);
    for word in words {
        ensure!(said.contains(word), "{word:?} is not in: {said}");
    }
    assert_no_panic(output)
}

/// Nobody is shown where our code went wrong.
pub(crate) fn assert_no_panic(output: &Output) -> Result<()> {
    let said = both(output);
    for trace in ["panicked", "RUST_BACKTRACE", "stack backtrace", "please report it at", "overflowed its stack"] {
        ensure!(!said.contains(trace), "{trace:?} in: {said}");
    }
    ensure!(output.status.signal().is_none(), "ended by a signal: {}", output.status);
    Ok(())
}

/// portolan's program.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_portolan"))
}
