//! Folders that cannot be rendered into.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

fn scratch(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&place).expect("the tests' own folder takes files");
    place
}

/// Renders into a place; the exit code, and what was said.
fn render(out: &Path) -> (Option<i32>, String) {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/stale.in");
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    let ended = command.args(["render", "local", "--project", project, "--out"]).arg(out).output();
    let ended = ended.expect("portolan runs");
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

#[test]
fn two_renders_do_not_work_in_the_same_folder() {
    let out = scratch("busy");
    let held = File::open(&out).expect("the folder is there");
    held.lock().expect("nobody else holds it");
    let (code, said) = render(&out);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.starts_with("error: another render is at work: "), "{said}");
    // Closing the file is not enough: a process that another test is just starting has a copy of it for a moment.
    held.unlock().expect("it is held");
    let (code, said) = render(&out);
    assert_eq!(code, Some(0), "free again: {said}");
    fs::remove_dir_all(out).expect("cleaned up");
}

#[test]
fn a_file_is_no_target() {
    let out = scratch("file");
    let file = out.join("file");
    fs::write(&file, "mine").expect("the tests' own folder takes files");
    let (code, said) = render(&file);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.starts_with("error: cannot write "), "{said}");
    assert_eq!(fs::read_to_string(&file).ok().as_deref(), Some("mine"), "left alone");
    fs::remove_dir_all(out).expect("cleaned up");
}
