//! Where the output goes.

use std::io::Read as _;
use std::process::{Command, Stdio};

fn portolan(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/check.in");
    command.args(words).args(["--project", project]);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.output().expect("portolan runs").stdout).expect("UTF-8")
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    for (words, code) in [(["schema", "stack"], 0), (["completions", "bash"], 0), (["check", "prod"], 1)] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = portolan(&words).stdout(writer).stderr(Stdio::piped()).output().expect("portolan runs");
        assert_eq!(ended.status.code(), Some(code), "{words:?}");
        assert!(ended.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn a_reader_may_leave_in_the_middle() {
    let mut child = portolan(&["schema", "stack"]).stdout(Stdio::piped()).spawn().expect("portolan runs");
    let mut first = [0; 1];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("the first byte");
    assert_eq!(child.wait().expect("portolan ends").code(), Some(0));
}

#[test]
fn the_project_is_found_from_a_folder_inside_it() {
    let inside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/check.in/infra/environments");
    let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
    let said = stdout(command.args(["check", "local"]).current_dir(inside));
    assert!(said.ends_with("local: 1 error\n"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_that_says_so() {
    for words in [["schema", "stack"], ["check", "prod"], ["check", "--help"]] {
        let full = std::fs::File::create("/dev/full").expect("Linux has /dev/full");
        let ended = portolan(&words).stdout(full).output().expect("portolan runs");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(3), "{words:?}: {said}");
        assert!(said.starts_with("error: cannot write the output: no space left on device\nhelp: "), "{said}");
    }
}

#[test]
fn color_is_for_terminals_unless_it_is_asked_for() {
    let colored = |text: &str| text.contains('\u{1b}');
    assert!(!colored(&stdout(&mut portolan(&["check"]))), "a pipe is no terminal");
    assert!(colored(&stdout(&mut portolan(&["check", "--color", "always"]))));
    assert!(colored(&stdout(portolan(&["check"]).env("CLICOLOR_FORCE", "1"))));
    assert!(!colored(&stdout(portolan(&["check"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"))));
    assert!(!colored(&stdout(portolan(&["check", "--color", "never"]).env("CLICOLOR_FORCE", "1"))));
    assert!(!colored(&stdout(&mut portolan(&["check", "--color", "always", "--output", "json"]))));
}
