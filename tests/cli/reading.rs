//! Files that a page cannot bring along.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A project with an environment `odd` that a test makes, and what a check says of it.
fn check(name: &str, make: impl FnOnce(&Path)) -> (Option<i32>, String) {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let project: PathBuf = scratch.join("project");
    fs::create_dir_all(project.join("infra/environments")).expect("the tests' own folder takes folders");
    fs::write(project.join("infra/stack.yaml"), "portolan: v1\nstack: shop\n").expect("and files");
    fs::write(scratch.join("outside.yaml"), "password: hunter2\n").expect("and files");
    make(&project.join("infra/environments/odd.yaml"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    let ended = command.args(["check", "odd", "--project"]).arg(&project).output().expect("portolan runs");
    fs::remove_dir_all(scratch).expect("cleaned up");
    (ended.status.code(), String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned())
}

#[test]
fn a_file_past_the_limit_is_not_read() {
    let (code, said) = check("large", |place| {
        File::create(place).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
    });
    assert_eq!(code, Some(3), "{said}");
    assert!(said.starts_with("error: cannot read infra/environments/odd.yaml: it is larger than 16 MiB"), "{said}");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_project() {
    let (code, said) = check("link", |place| {
        std::os::unix::fs::symlink("../../../outside.yaml", place).expect("a link");
    });
    assert_eq!(code, Some(3), "{said}");
    assert!(said.starts_with("error: cannot read infra/environments/odd.yaml: it lies outside the project"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_device_is_not_read_forever() {
    let (code, said) = check("device", |place| {
        std::os::unix::fs::symlink("/dev/zero", place).expect("a link");
    });
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("it is a device or a pipe, not a file"), "{said}");
}
