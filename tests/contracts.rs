//! `tests/contracts/<case>/before` and `after` hold contracts; what a change from one to the other and back breaks stands in
//! `changes.txt`, which `BLESS=1` rewrites.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::contract_diff::{ContractDifference, Impact, compare_contracts};
use portolan_pipeline::spec::{ContractFiles, parse_contract_files};

#[test]
fn every_case_breaks_what_it_should() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contracts");
    let mut wrong = String::new();
    let cases = entries(&root);
    assert!(cases.len() > 10, "{cases:?}");
    for case in cases {
        let [before, after] = ["before", "after"].map(|side| contracts(&case.join(side)));
        let (there, back) = (compare_contracts(&before, &after), compare_contracts(&after, &before));
        let shown = format!("there:\n{}back:\n{}", show(&there), show(&back));
        if std::env::var_os("BLESS").is_some() {
            fs::write(case.join("changes.txt"), &shown).unwrap();
        }
        let expected = fs::read_to_string(case.join("changes.txt")).unwrap_or_default();
        if expected != shown {
            write!(wrong, "\n{}:\n{shown}expected:\n{expected}", case.display()).unwrap();
        }
        // What is the same breaks nothing.
        assert_eq!(compare_contracts(&before, &before).changes, [], "{}", case.display());
    }
    assert!(wrong.is_empty(), "not as expected (BLESS=1 rewrites):\n{wrong}");
}

/// A case whose name says that it is compatible has nothing that breaks on the way there.
#[test]
fn what_is_called_compatible_breaks_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contracts");
    for case in entries(&root) {
        let [before, after] = ["before", "after"].map(|side| contracts(&case.join(side)));
        let breaks = compare_contracts(&before, &after).count(Impact::Breaking) > 0;
        let compatible = case.file_name().unwrap().to_str().unwrap().starts_with("compatible-");
        assert_eq!(breaks, !compatible, "{}", case.display());
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn contracts(folder: &Path) -> ContractFiles {
    let texts = entries(folder).into_iter().map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&path).unwrap())
    });
    let files = parse_contract_files(texts.collect());
    assert_eq!(files.findings.iter().len(), 0, "{}: {:?}", folder.display(), files.findings);
    files
}

fn show(difference: &ContractDifference) -> String {
    let mut text = String::new();
    for change in &difference.changes {
        let impact = if change.impact == Impact::Breaking { "breaking" } else { "compatible" };
        let hits = if change.hits.is_empty() { String::new() } else { format!(" [{}]", change.hits.join(", ")) };
        let place = change.before.iter().chain(&change.after).map(|site| format!(" {}:{}", site.file, site.line));
        let places: String = place.collect();
        writeln!(text, "  {impact} {}: {}: {}{hits}{places}", change.service, change.subject, change.message).unwrap();
    }
    for note in &difference.notes {
        writeln!(text, "  note {note}").unwrap();
    }
    text
}
