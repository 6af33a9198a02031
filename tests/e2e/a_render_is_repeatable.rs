//! Promise: the same spec renders to the same files, on every machine and as often as one likes; what is in them follows
//! from the spec alone.

mod support;

#[path = "hostile.rs"]
mod hostile;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use hostile::{Tree, assert_same, output, program, rendered, stack};
use portolan_parts::Scratch;
use support::portolan;

#[test]
fn a_service_that_is_gone_takes_its_files_and_no_others() -> Result<()> {
    let project = rendered()?;
    let before = output(project.path())?;
    let notes = ["charts/values/local/notes.md", "dapr-components/local/mine.yaml", "infra/manifests/local/mine.yaml"];
    for note in notes {
        project.write(note, "# mine\n")?;
    }
    project.write("infra/stack.yaml", stack(&["pilot"]))?;
    portolan(project.path(), &["render"])?;
    let after = output(project.path())?;
    for path in before.keys() {
        let of_tug = path.to_string_lossy().contains("tug");
        assert_eq!(after.contains_key(path), !of_tug, "{}", path.display());
    }
    assert!(before.keys().any(|path| path.to_string_lossy().contains("tug")), "tug has files of its own");
    for note in notes {
        assert!(project.join(note).exists(), "{note}");
    }
    Ok(())
}

#[test]
fn a_second_render_touches_nothing() -> Result<()> {
    let project = rendered()?;
    let times = || -> Result<Vec<_>> {
        output(project.path())?.keys().map(|path| Ok(fs::metadata(path)?.modified()?)).collect()
    };
    let before = times()?;
    let said = portolan(project.path(), &["render"])?;
    assert!(support::both(&said).contains("up to date"), "{}", support::both(&said));
    assert_eq!(before, times()?);
    Ok(())
}

/// Neither the machine's language, nor its clock, nor the place it is called from shows in what is rendered.
#[test]
fn every_machine_renders_the_same() -> Result<()> {
    let render = |from: &Path, environment: &[(&str, &str)]| -> Result<Tree> {
        let scratch = Scratch::new("machine")?;
        support::copy_stack(scratch.path())?;
        let mut command = program();
        command.arg("render").env_clear().envs(environment.iter().copied());
        command.current_dir(scratch.join(from)).output().context("portolan")?;
        let tree = output(scratch.path())?.into_iter();
        Ok(tree.filter_map(|(path, text)| Some((path.strip_prefix(scratch.path()).ok()?.to_owned(), text))).collect())
    };
    let first = render(Path::new("."), &[])?;
    assert!(first.len() > 40, "{} files", first.len());
    let elsewhere =
        [("HOME", "/nowhere"), ("TZ", "Asia/Kathmandu"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")];
    assert_same(&first, &render(Path::new("infra/environments"), &elsewhere)?)
}
