//! Promise: a render that fails, for whatever reason, leaves what was rendered before, to the letter.

mod support;

#[path = "hostile.rs"]
mod hostile;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail, ensure};
use hostile::{Tree, assert_refused, assert_same, many, output, project, rendered, stack, tree};
use portolan_parts::Scratch;
use support::{portolan, portolan_unchecked};

const INDEX: &str = "infra/manifests/local.index.json";
const VALUES: &str = "charts/values/local/pilot.yaml";

/// Renders what must be refused, and compares what is there afterwards.
fn assert_kept(project: &Scratch, code: i32, words: &[&str]) -> Result<()> {
    let before = output(project.path())?;
    let run = portolan_unchecked(project.path(), &["render"])?;
    assert_refused(&run, code, words)?;
    assert_same(&before, &output(project.path())?)
}

fn grow(project: &Scratch) -> Result<()> {
    project.write("infra/stack.yaml", stack(&["pilot", "tug", "crane"]).replace("8080", "8081"))?;
    Ok(())
}

#[test]
fn a_folder_where_a_file_belongs() -> Result<()> {
    let project = rendered()?;
    grow(&project)?;
    let target = project.join("charts/values/local/crane.yaml");
    fs::create_dir(&target)?;
    fs::write(target.join("mine.txt"), "mine")?;
    assert_kept(&project, 3, &["charts/values/local/crane.yaml", "is no file", "remove it"])
}

#[test]
fn a_file_where_a_folder_belongs() -> Result<()> {
    let project = project(&stack(&["pilot"]), &["local"])?;
    project.write("charts", "mine")?;
    assert_kept(&project, 3, &["charts/values/local/pilot.yaml", "not a directory", "help: "])
}

#[test]
fn a_file_that_somebody_wrote() -> Result<()> {
    let project = rendered()?;
    grow(&project)?;
    project.write("charts/values/local/crane.yaml", "image: mine\n")?;
    assert_kept(&project, 3, &["charts/values/local/crane.yaml is in the way", "portolan did not write it", "move it"])
}

#[test]
fn a_pipe_where_a_file_belongs() -> Result<()> {
    let project = rendered()?;
    grow(&project)?;
    let pipe = project.join(VALUES);
    fs::remove_file(&pipe)?;
    ensure!(Command::new("mkfifo").arg(&pipe).status()?.success(), "mkfifo");
    assert_kept(&project, 3, &[VALUES, "it is no file", "remove it"])
}

#[test]
fn a_damaged_index() -> Result<()> {
    for damage in ["", "{", "[]", "{\"command\":\"x\",\"files\":[1]}", "\u{0}\u{0}"] {
        let project = rendered()?;
        grow(&project)?;
        project.write(INDEX, damage)?;
        assert_kept(&project, 3, &[INDEX, "damaged", "version control"]).with_context(|| format!("{damage:?}"))?;
    }
    Ok(())
}

/// Nothing that only an edited index names is removed: not outside, and not what somebody wrote inside.
#[test]
fn an_index_that_names_what_is_not_portolans() -> Result<()> {
    let project = rendered()?;
    let outside = Scratch::new("outside")?;
    let mark = fs::read(project.join(VALUES))?;
    let foreign =
        [outside.write("passwd.yaml", &mark)?, project.write("charts/values/local/mine.yaml", "mine: true\n")?];
    let outside_name = outside.path().file_name().and_then(|name| name.to_str()).context("a name")?;
    let names = [
        format!("../{outside_name}/passwd.yaml"),
        format!("charts/values/local/../../../../{outside_name}/passwd.yaml"),
        foreign[0].display().to_string(),
        "infra/stack.yaml".to_owned(),
        "infra/environments/local.yaml".to_owned(),
        "charts/values/local/mine.yaml".to_owned(),
        "charts/values/local".to_owned(),
        String::new(),
    ];
    let index = project.join(INDEX);
    let entries = many(names.len(), |place| format!("{:?}: \"\",", names[place]));
    fs::write(&index, fs::read_to_string(&index)?.replace("\"files\": {", &format!("\"files\": {{ {entries}")))?;
    portolan(project.path(), &["render"])?;
    for file in
        foreign.iter().chain([&project.join("infra/stack.yaml"), &project.join("infra/environments/local.yaml")])
    {
        assert!(file.exists(), "{} is gone", file.display());
    }
    portolan(project.path(), &["render", "--check"]).map(drop)
}

/// A link leads out of the project: nothing is written, and nothing removed, at its end.
#[test]
fn a_folder_that_is_a_link_to_elsewhere() -> Result<()> {
    let project = rendered()?;
    let outside = Scratch::new("outside")?;
    fs::rename(project.join("charts/values/local"), outside.join("local"))?;
    symlink(outside.join("local"), project.join("charts/values/local"))?;
    let before = tree(outside.path())?;
    project.write("infra/stack.yaml", stack(&["tug"]).replace("8080", "8081"))?;
    assert_kept(&project, 3, &["charts/values/local", "outside", "--out DIR"])?;
    assert_same(&before, &tree(outside.path())?)
}

#[test]
fn a_spec_with_an_error() -> Result<()> {
    let project = rendered()?;
    project.write("infra/stack.yaml", stack(&["pilot"]) + "  tug: { prot: 1 }\n")?;
    assert_kept(&project, 1, &["P002", "infra/stack.yaml:6:10", "did you mean `port`"])
}

#[test]
fn a_full_disk() -> Result<()> {
    let project = project(&stack(&["pilot", "tug"]), &["local", "prod"])?;
    fs::create_dir(project.join("out"))?;
    let many: Vec<String> = (0..80).map(|number| format!("barge-{number}")).collect();
    project.write("grown.yaml", stack(&many.iter().map(String::as_str).collect::<Vec<_>>()))?;
    on_a_disk(&project, "true", "mount -o remount,size=16m out", 3, &["no space left on device", "out/", "make room"])
}

#[test]
fn a_disk_that_is_read_only() -> Result<()> {
    let project = project(&stack(&["pilot", "tug"]), &["local", "prod"])?;
    fs::create_dir(project.join("out"))?;
    project.write("grown.yaml", stack(&["pilot", "tug", "crane"]))?;
    let (before, after) = ("mount -o remount,ro out", "mount -o remount,rw out");
    on_a_disk(&project, before, after, 3, &["read-only file system", "out/", "make the folder writable"])
}

/// Renders what fits, then something larger that cannot be written; once `mend` is done, it can.
fn on_a_disk(project: &Scratch, break_it: &str, mend: &str, code: i32, words: &[&str]) -> Result<()> {
    let script = format!(
        "set -e; mount -t tmpfs -o size=300k none out; \"$PORTOLAN\" render --out out >&2; cp -r out before
        cp grown.yaml infra/stack.yaml; {break_it}; code=0; \"$PORTOLAN\" render --out out 2>said || code=$?
        cp -r out after; {mend}; \"$PORTOLAN\" render --out out >&2; \"$PORTOLAN\" render --check --out out >&2; exit $code"
    );
    let run = in_own_mounts()?.arg(script).current_dir(project.path()).output()?;
    let said = fs::read_to_string(project.join("said")).with_context(|| support::both(&run))?;
    assert_refused(&Output { stderr: said.into_bytes(), ..run }, code, words)?;
    let below = |folder: &str| -> Result<Tree> {
        let strip =
            |(path, text): (PathBuf, Vec<u8>)| Some((path.strip_prefix(project.join(folder)).ok()?.to_owned(), text));
        Ok(tree(&project.join(folder))?.into_iter().filter_map(strip).collect())
    };
    assert_same(&below("before")?, &below("after")?)
}

/// A shell that may mount: as root, or in a namespace in which everybody is.
fn in_own_mounts() -> Result<Command> {
    for own in [&["--user", "--map-root-user", "--mount"][..], &["--mount"]] {
        let works = Command::new("unshare").args(own).args(["sh", "-c", "mount -t tmpfs none /tmp"]).output();
        if works.is_ok_and(|output| output.status.success()) {
            let mut command = Command::new("unshare");
            command.args(own).env("PORTOLAN", env!("CARGO_BIN_EXE_portolan")).args(["sh", "-c"]);
            return Ok(command);
        }
    }
    bail!(
        "a disk of the test's own is needed, and `unshare --user --map-root-user --mount` fails here; run as root, or allow \
         it: sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
    )
}

/// What is wrong in one environment keeps all of them as they were.
#[test]
fn one_environment_of_two_is_wrong() -> Result<()> {
    let project = project(&stack(&["pilot"]), &["east", "west"])?;
    portolan(project.path(), &["render"])?;
    grow(&project)?;
    let broken = fs::read_to_string(project.join("infra/environments/west.yaml"))? + "topics: [a]\n";
    project.write("infra/environments/west.yaml", &broken)?;
    assert_kept(&project, 1, &["infra/environments/west.yaml"])?;
    fs::remove_file(project.join("infra/environments/west.yaml"))?;
    fs::create_dir(project.join("infra/environments/west.yaml"))?;
    assert_kept(&project, 3, &["infra/environments/west.yaml", "it is a folder"])
}

/// What cannot be written of one environment keeps all of them as they were.
#[test]
fn one_environment_of_two_cannot_be_written() -> Result<()> {
    let project = project(&stack(&["pilot"]), &["east", "west"])?;
    portolan(project.path(), &["render"])?;
    grow(&project)?;
    project.write("charts/values/west/crane.yaml", "mine: true\n")?;
    assert_kept(&project, 3, &["charts/values/west/crane.yaml is in the way"])
}
