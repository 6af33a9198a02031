//! Promise: a render that is killed leaves each file whole, old or new, and the next one mends the rest; two renders at
//! once do not meet.

mod support;

#[path = "hostile.rs"]
mod hostile;

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hostile::{Tree, assert_refused, assert_same, output, program, project, rendered, stack};
use portolan_parts::Scratch;
use support::{portolan, portolan_unchecked};

const ENVIRONMENTS: [&str; 3] = ["east", "local", "west"];
const KILLS: usize = 50;

fn quiet(project: &Scratch) -> Command {
    let mut command = program();
    command.arg("render").current_dir(project.path()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Two specs that share some services and not others, so that files come, change and go.
fn specs() -> [String; 2] {
    let spec = |from: usize, port: &str| {
        let services: Vec<String> = (from..from + 20).map(|number| format!("barge-{number}")).collect();
        stack(&services.iter().map(String::as_str).collect::<Vec<_>>()).replace("8080", port)
    };
    [spec(0, "8080"), spec(10, "8081")]
}

/// What each of the specs renders to, and how long that takes.
fn whole(specs: &[String; 2]) -> Result<([Tree; 2], Duration)> {
    let mut times = Vec::new();
    let mut render = |spec: &str| -> Result<Tree> {
        let project = project(spec, &ENVIRONMENTS)?;
        let begin = Instant::now();
        portolan(project.path(), &["render"])?;
        times.push(begin.elapsed());
        let strip = |path: std::path::PathBuf| Some(path.strip_prefix(project.path()).ok()?.to_owned());
        Ok(output(project.path())?.into_iter().filter_map(|(path, text)| Some((strip(path)?, text))).collect())
    };
    let trees = [render(&specs[0])?, render(&specs[1])?];
    Ok((trees, times.into_iter().max().unwrap_or_default()))
}

/// Every file has one of its two texts; an index may also be the one that stands meanwhile, which names them all.
fn assert_whole(project: &Scratch, whole: &[Tree; 2]) -> Result<()> {
    for (path, text) in output(project.path())? {
        let name = path.strip_prefix(project.path())?;
        let known = whole.iter().any(|tree| tree.get(name) == Some(&text));
        let waits = name.to_string_lossy().ends_with(".portolan-new");
        let claims = name.to_string_lossy().ends_with(".index.json")
            && serde_json::from_slice::<serde_json::Value>(&text).is_ok();
        ensure!(known || waits || claims, "{} is in pieces: {}", name.display(), String::from_utf8_lossy(&text));
    }
    Ok(())
}

fn same_below(project: &Scratch, expected: &Tree) -> Result<()> {
    let absolute = expected.iter().map(|(path, text)| (project.join(path), text.clone())).collect();
    assert_same(&absolute, &output(project.path())?)
}

/// Any source of randomness will do; what counts is that the moments differ.
fn random(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

/// Kills a render: at any moment, or, every other time, while its files take their places.
fn kill(project: &Scratch, number: usize, time: Duration) -> Result<()> {
    let mut render = quiet(project).spawn()?;
    let last_to_be_staged = project.join("infra/manifests/west.index.json.portolan-new");
    if number.is_multiple_of(2) {
        sleep(time.mul_f64(f64::from(u32::try_from(random(1000))?) / 1000.0));
    } else {
        while !last_to_be_staged.exists() && render.try_wait()?.is_none() {
            std::hint::spin_loop();
        }
        sleep(Duration::from_micros(random(3000)));
    }
    render.kill()?;
    render.wait()?;
    Ok(())
}

#[test]
fn killed_at_any_moment() -> Result<()> {
    let specs = specs();
    let (whole, time) = whole(&specs)?;
    let project = project(&specs[0], &ENVIRONMENTS)?;
    let (mut in_the_middle, mut now) = (0, 0);
    for number in 0..KILLS {
        project.write("infra/stack.yaml", &specs[1 - now])?;
        kill(&project, number, time)?;
        assert_whole(&project, &whole)?;
        let waiting = output(project.path())?.into_keys().any(|path| path.to_string_lossy().ends_with(".portolan-new"));
        in_the_middle += u32::from(waiting);
        // Every third time the next one is killed too, before anything was mended.
        if number % 3 != 0 {
            // The spec may have gone back meanwhile.
            now = usize::try_from(random(2))?;
            project.write("infra/stack.yaml", &specs[now])?;
            portolan(project.path(), &["render"])?;
            portolan(project.path(), &["render", "--check"])?;
            same_below(&project, &whole[now])?;
        }
    }
    println!("{in_the_middle} of {KILLS} were killed between two files");
    ensure!(in_the_middle > 0, "every kill came too early or too late");
    Ok(())
}

#[test]
fn another_render_holds_the_folder() -> Result<()> {
    let project = rendered()?;
    let before = output(project.path())?;
    project.write("infra/stack.yaml", stack(&["pilot"]))?;
    let folder = File::open(project.path())?;
    folder.try_lock()?;
    assert_refused(&portolan_unchecked(project.path(), &["render"])?, 4, &["another render is at work", "wait until"])?;
    assert_same(&before, &output(project.path())?)?;
    drop(folder);
    portolan(project.path(), &["render"]).map(drop)
}

#[test]
fn eight_renders_at_once() -> Result<()> {
    let specs = specs();
    let (whole, _) = whole(&specs)?;
    let project = project(&specs[0], &ENVIRONMENTS)?;
    portolan(project.path(), &["render"])?;
    project.write("infra/stack.yaml", &specs[1])?;
    let running: Vec<_> = (0..8).map(|_| quiet(&project).spawn()).collect::<Result<_, _>>()?;
    let mut done = 0;
    for mut render in running {
        let status = render.wait()?;
        ensure!(matches!(status.code(), Some(0 | 4)), "{status}");
        done += u32::from(status.success());
    }
    ensure!(done > 0, "one of them has to get through");
    portolan(project.path(), &["render", "--check"])?;
    same_below(&project, &whole[1])
}
