use std::io;

use portolan_pipeline::finding::Finding;

use super::{Page, human, json, sarif};
use crate::report::testing::environment;
use crate::report::{MASK, Report};
use crate::stages::Checked;

fn shown(view: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    view(&mut Page { to: &mut bytes, colored: false }).expect("memory takes every write");
    String::from_utf8(bytes).expect("views write UTF-8")
}

fn human(checked: &[Checked]) -> String {
    shown(|to| human::show(&Report::new(checked, false), false, to))
}

/// Every view of findings on a stack, one after the other.
fn every_view(checked: &[Checked]) -> String {
    let report = Report::new(checked, true);
    let human = shown(|to| human::show(&report, false, to));
    human + &shown(|to| json::show(&report, None, to)) + &shown(|to| sarif::show(&report, to))
}

#[test]
fn a_secret_is_covered_and_what_follows_it_keeps_its_column() {
    let stack = "portolan: v1\nstack: { password: hunter2hunter2, user: alice }\n";
    let checked = [environment("prod", stack)
        .with("hunter2hunter2", |finding| finding.label("here").secret())
        .with("alice", |finding| finding)];
    let text = human(&checked);
    assert!(text.contains(&format!("2 | stack: {{ password: {MASK}, user: alice }}")), "{text}");
    assert!(text.contains("^^^^^^^^ here"), "{text}");
    assert!(text.contains("infra/stack.yaml:2:42\n"), "the column in the file, not in the masked line: {text}");
    assert!(!every_view(&checked).contains("hunter2"), "{text}");
}

#[test]
fn a_secret_of_several_lines_is_covered_line_by_line() {
    let stack = "portolan: v1\nother: |\n  hunter2\n\n    hunter3\nsecrets: here\n";
    let checked = [environment("prod", stack).with("|\n  hunter2\n\n    hunter3\n", Finding::secret)];
    let text = every_view(&checked);
    assert!(!text.contains("hunter"), "{text}");
    assert!(text.contains(&format!("5 | |     {MASK}\n")), "lines keep their numbers: {text}");
}

#[test]
fn a_secret_in_a_neighbours_lines_is_covered_too() {
    let stack = "portolan: v1\nstack: todo\nsecrets: hunter2\nservices: x\n";
    let spanning = environment("prod", stack)
        .with("hunter2", Finding::secret)
        .with("todo\nsecrets: hunter2\nservices", |finding| finding);
    let text = every_view(&[spanning]);
    assert!(!text.contains("hunter"), "{text}");
}

#[test]
fn only_the_lines_around_a_mark_are_shown() {
    let services = "  service: { port: 1 }\n".repeat(100);
    let stack = format!("portolan: v1\nservices:\n{services}stack: last\n");
    let far = environment("prod", &stack);
    let first = far.span("portolan");
    let text = human(&[far.with("last", |finding| finding.related(Some(first), "and here"))]);
    assert!(text.contains("--> infra/stack.yaml:103:8\n"), "{text}");
    assert!(text.contains("::: infra/stack.yaml:1:1\n"), "{text}");
    assert!(text.contains("-------- and here"), "{text}");
    assert!(text.lines().count() < 14, "{text}");
}

#[test]
fn an_endless_line_is_cut_around_the_mark() {
    let stack = format!("portolan: v1\nstack: [{}mark{}]\n", "é, ".repeat(5_000), ", é".repeat(5_000));
    let text = human(&[environment("prod", &stack).with("mark", |finding| finding)]);
    assert!(text.contains("infra/stack.yaml:2:15009\n"), "the column in the file: {text}");
    assert!(text.contains("mark") && text.contains("^^^^") && text.len() < 2_000, "{text}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let stack = "portolan: v1\nstack: \u{1b}[2J\n";
    let clearing = |finding: Finding| finding.label("\u{1b}[2J").help("\u{1b}[2J");
    let text = human(&[environment("prod", stack).with("stack", clearing)]);
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
