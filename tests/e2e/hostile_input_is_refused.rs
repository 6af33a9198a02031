//! Promise: whatever stands where a stack, an environment or a contract belongs, the answer comes soon, in words that
//! help, and from little memory.

mod support;

#[path = "hostile.rs"]
mod hostile;

mod watched;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use hostile::{ENVIRONMENT, assert_refused, many, project, stack};
use portolan_parts::Scratch;
use watched::watched;

const STACK: &str = "infra/stack.yaml";
const LOCAL: &str = "infra/environments/local.yaml";
const CONTRACT: &str = "handlers/pilot/contract.json";
const REPEATED: &str = "more values than are read";
const HEAD: &str = "portolan: v1\nstack: harbour\n";

/// Checks and renders a project; both are refused in the same words, and nothing is written.
fn assert_both_refused(project: &Scratch, code: i32, words: &[&str]) -> Result<()> {
    for verb in ["check", "render"] {
        let output = watched(project, &[verb])?;
        assert_refused(&output, code, words).with_context(|| verb.to_owned())?;
    }
    ensure!(!project.join("charts").exists(), "something was rendered");
    Ok(())
}

fn assert_stack_refused(text: impl AsRef<[u8]>, code: i32, words: &[&str]) -> Result<()> {
    let project = project("", &["local"])?;
    project.write(STACK, text)?;
    assert_refused(&watched(&project, &["check"])?, code, words)
}

#[test]
fn a_stack_past_all_measure() -> Result<()> {
    let large = format!("{HEAD}# {}\n", "x".repeat(100_000_000));
    assert_stack_refused(large, 3, &[STACK, "it is larger than 16 MiB", "help: "])?;
    // A file that has no blocks on the disk is as long as its name says.
    let project = project("", &["local"])?;
    fs::File::create(project.join(STACK))?.set_len(1 << 40)?;
    assert_both_refused(&project, 3, &[STACK, "it is larger than 16 MiB"])
}

#[test]
fn aliases_that_stand_for_more_than_is_written() -> Result<()> {
    let mut laughs = format!("{HEAD}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(laughs, "a{level}: &a{level} [{aliases}]")?;
    }
    assert_stack_refused(laughs, 1, &["P005", REPEATED, STACK])?;
    let long = format!("{HEAD}a: &a \"{}\"\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 100_000].join(", "));
    assert_stack_refused(long, 1, &["P005", REPEATED])?;
    let keys = many(10_000, |key| format!("k{key}: 1, "));
    let merged = format!("{HEAD}a: &a {{ {keys} }}\nb:\n{}", "  - { <<: *a }\n".repeat(10_000));
    assert_stack_refused(merged, 1, &["P005", REPEATED])?;
    let anchors = many(100_000, |anchor| format!("  - &a{anchor} x\n"));
    assert_stack_refused(format!("{HEAD}a:\n{anchors}"), 1, &["P005", "infra/stack.yaml:50"])?;
    assert_stack_refused(format!("{HEAD}a: &a [*a]\n"), 1, &["P001", STACK])
}

/// What anchors are for: one that every service repeats.
#[test]
fn one_anchor_for_every_service_is_no_bomb() -> Result<()> {
    let mut text = stack(&["pilot"]) + "  tug: { scale: &scale { min: 1, max: 4, cpu: 70% } }\n";
    for number in 0..2_000 {
        writeln!(text, "  barge-{number}: {{ scale: *scale }}")?;
    }
    let output = watched(&project(&text, &["local"])?, &["check"])?;
    ensure!(output.status.success(), "{}", support::both(&output));
    Ok(())
}

#[test]
fn nesting_without_a_floor() -> Result<()> {
    let levels = 100_000;
    for nested in
        ["[".repeat(levels), "[".repeat(levels) + &"]".repeat(levels), "{a: ".repeat(levels) + &"}".repeat(levels)]
    {
        assert_stack_refused(format!("{HEAD}a: {nested}\n"), 1, &["P005", "nested deeper than 24 levels"])?;
    }
    let stairs = many(2_000, |depth| format!("{}a:\n", " ".repeat(depth)));
    assert_stack_refused(format!("{HEAD}{stairs}"), 1, &["P005", "nested deeper than 24 levels"])?;
    assert_stack_refused(format!("{HEAD}a: {}x\n", "- ".repeat(levels)), 1, &["P001", STACK])?;
    let deep = "[".repeat(levels);
    let project = project(&stack(&["pilot"]), &["local"])?;
    fs::create_dir_all(project.join("handlers/pilot"))?;
    project.write(CONTRACT, format!("{{\"subscribes\": {deep}"))?;
    assert_both_refused(&project, 1, &["P005", CONTRACT])
}

/// All are reported: the time and the output grow with their number and no faster.
#[test]
fn fifty_thousand_mistakes() -> Result<()> {
    let services = many(50_000, |number| format!("  s{number}: {{ prot: 8080 }}\n"));
    let project = project(&format!("{HEAD}services:\n{services}"), &["local"])?;
    let output = watched(&project, &["check"])?;
    assert_refused(
        &output,
        1,
        &["unknown field `prot`", "infra/stack.yaml:50003:", "did you mean `port`?", "50000 errors"],
    )?;
    ensure!(output.stdout.len() < 200 * 50_000, "{} bytes", output.stdout.len());
    let tabs = "\ta: 1\n".repeat(100_000);
    project.write(STACK, format!("{HEAD}{tabs}"))?;
    let output = watched(&project, &["check"])?;
    assert_refused(&output, 1, &["a tab in the indentation", "indent with spaces"])?;
    ensure!(output.stdout.len() < 10_000, "{} bytes", output.stdout.len());
    Ok(())
}

#[test]
fn endless_lines() -> Result<()> {
    let long = "x".repeat(5_000_000);
    assert_stack_refused(format!("{HEAD}{long}: 1\n"), 1, &["P001", STACK])?;
    let image = format!("{HEAD}services: {{ a: {{ image: \"{long}\", prot: 1 }} }}\n");
    let project = project(&image, &["local"])?;
    let output = watched(&project, &["check"])?;
    assert_refused(&output, 1, &["unknown field `prot`", "infra/stack.yaml:3:5000029"])?;
    ensure!(output.stdout.len() < 2_000, "{} bytes", output.stdout.len());
    Ok(())
}

#[test]
fn texts_that_are_no_stack() -> Result<()> {
    for (text, code, words) in [
        ("", 1, &["P006", "the stack has no name", "add `stack: NAME`"][..]),
        ("# nothing\n# but words\n", 1, &["P006", "the stack has no name"]),
        ("- a\n- b\n", 1, &["P003", "a map is wanted here, this is a list"]),
        ("harbour\n", 1, &["P003", "a map is wanted here, this is text"]),
        ("stack: \0harbour\n", 1, &["P001", "infra/stack.yaml:1:8"]),
        ("stack: a\n---\nstack: b\n", 1, &["P001", "multiple YAML documents"]),
        ("stack: !!binary aGVsbG8=\nstack: b\n", 1, &["P001", "duplicate mapping key: stack"]),
        ("? [a, b]\n: 1\n", 1, &["P001"]),
        ("%YAML 9.9\n---\nstack: [\n", 1, &["P001"]),
        ("\u{202e}stack: a\n\u{7}: 1\n", 1, &["infra/stack.yaml:"]),
    ] {
        assert_stack_refused(text, code, words).with_context(|| format!("{text:?}"))?;
    }
    assert_stack_refused(b"stack: caf\xe9\n", 3, &[STACK, "not UTF-8", "line 1"])?;
    let wide: Vec<u8> = HEAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_stack_refused([&b"\xff\xfe"[..], &wide].concat(), 3, &[STACK, "not UTF-8"])
}

/// Editors of other systems write these, and they mean what they say.
#[test]
fn a_mark_and_line_ends_of_other_systems_are_read() -> Result<()> {
    let text = stack(&["pilot"]);
    for text in
        [format!("\u{feff}{text}"), text.replace('\n', "\r\n"), format!("\u{feff}{}", text.replace('\n', "\r\n"))]
    {
        let output = watched(&project(&text, &["local"])?, &["check"])?;
        ensure!(output.status.success(), "{}", support::both(&output));
        let wrong = project(&text.replace("port:", "prot:"), &["local"])?;
        assert_both_refused(&wrong, 1, &["unknown field `prot`", "infra/stack.yaml:5:"])?;
    }
    Ok(())
}

/// Something else stands where the file belongs.
fn replace(project: &Scratch, path: &str, kind: &str) -> Result<()> {
    let place = project.join(path);
    fs::create_dir_all(place.parent().context("a folder")?)?;
    if place.exists() {
        fs::remove_file(&place)?;
    }
    match kind {
        "folder" => fs::create_dir(&place)?,
        "pipe" => ensure!(Command::new("mkfifo").arg(&place).status()?.success(), "mkfifo"),
        "loop" => symlink(&place, &place)?,
        elsewhere => symlink(elsewhere, &place)?,
    }
    Ok(())
}

#[test]
fn what_is_no_file() -> Result<()> {
    let outside = Scratch::new("outside")?;
    let elsewhere = outside.write("stack.yaml", "stack: SECRET-OF-ANOTHER\n")?.display().to_string();
    let kinds = [
        ("folder", "it is a folder"),
        ("pipe", "it is a device or a pipe"),
        ("/dev/zero", "it is a device or a pipe"),
        ("loop", "too many levels of symbolic links"),
        (elsewhere.as_str(), "it lies outside the project"),
        ("/proc/self/environ", "it lies outside the project"),
    ];
    for (kind, why) in kinds {
        for (path, code) in [(LOCAL, 3), (CONTRACT, 1), (STACK, 3)] {
            let project = project(&stack(&["pilot"]), &["local"])?;
            replace(&project, path, kind)?;
            // A stack that leads nowhere is none.
            let why = if (kind, path) == ("loop", STACK) { "there is no stack here" } else { why };
            assert_both_refused(&project, code, &[path, why, "help: "]).with_context(|| format!("{path} is {kind}"))?;
            let output = watched(&project, &["check"])?;
            ensure!(!support::both(&output).contains("SECRET-OF-ANOTHER"), "what is outside shows");
        }
    }
    Ok(())
}

#[test]
fn one_large_contract_for_many_services() -> Result<()> {
    let services = many(100, |number| format!("  s{number}: {{ contract: shared.json }}\n"));
    let project = project(&format!("{HEAD}services:\n{services}"), &["local"])?;
    project.write("shared.json", format!("{{\"contract\": \"v1\", \"service\": \"{}\"}}", "x".repeat(15_000_000)))?;
    assert_both_refused(&project, 1, &["P005", "larger than 64 MiB together", STACK])
}

#[test]
fn names_of_environments_that_lead_astray() -> Result<()> {
    let project = project(&stack(&["pilot"]), &["local"])?;
    // As file names they are all possible; the first two would lead out of their folders.
    for hidden in ["..", ".", ".#local", "\u{1b}[2J"] {
        project.write(&format!("infra/environments/{hidden}.yaml"), format!("environment: x\n{ENVIRONMENT}"))?;
    }
    let long = "x".repeat(100_000);
    for name in [
        "../local",
        "a/b",
        "/etc/passwd",
        ".",
        "..",
        ".#local",
        "local.yaml",
        "LOCAL",
        "локал",
        "lo\u{202e}cal",
        "-",
        &long,
    ] {
        let output = watched(&project, &["render", name])?;
        assert_refused(&output, 64, &["there is no environment", "help: "])
            .with_context(|| name.chars().take(20).collect::<String>())?;
    }
    for name in ["", "env="] {
        assert_refused(&watched(&project, &["render", name])?, 64, &["the environment's name is missing"])?;
    }
    let output = watched(&project, &["render"])?;
    ensure!(output.status.success(), "{}", support::both(&output));
    let rendered: Vec<_> = fs::read_dir(project.join("charts/values"))?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    ensure!(rendered == ["local"], "{rendered:?}");
    Ok(())
}
