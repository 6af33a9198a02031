//! `tests/lint/<CODE>/<case>/` is a small stack: `stack.yaml`, and where it needs them `environment.yaml`,
//! `environments/<other>.yaml`, `contracts/<service>.json`, `sealed/<secret>.yaml`, `manifests/<name>.yaml` and
//! `templates/<name>.tera`. What is found in it stands in
//! `findings.txt`, which `BLESS=1` rewrites. A case called `good-…` looks wrong and is right; any other one has exactly one finding, of its code.
//! What the spec accepts is shown with its reason and does not count.
//!
//! `tests/lint/right/<case>/` looks wrong and is right beyond any one code: it has no finding at all, its first lines say why,
//! and it can be rendered.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::checks::{check_stack, rules};
use portolan_pipeline::finding::{Finding, Findings};
use portolan_pipeline::model::Stack;
use portolan_pipeline::render::render_stack;
use portolan_pipeline::resolve::resolve_stack;
use portolan_pipeline::source::{Sources, Span};
use portolan_pipeline::spec::{Files, ReadError, STACK_PATH, environment_path, parse_project};

/// The folder of cases that are of no one code.
const RIGHT: &str = "right";

/// A project in memory.
struct Texts(BTreeMap<String, String>);

impl Files for Texts {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn environments(&self) -> Option<Vec<String>> {
        let names = self.0.keys().filter_map(|path| path.strip_prefix("infra/environments/")?.strip_suffix(".yaml"));
        Some(names.map(str::to_owned).collect())
    }
}

#[test]
fn every_case_has_the_findings_it_should() {
    let mut wrong = String::new();
    for case in cases() {
        let (found, sources) = findings_of(&texts(&case));
        for finding in &found {
            check_finding(finding, &sources);
        }
        let shown = show(&found, &sources);
        if std::env::var_os("BLESS").is_some() {
            fs::write(case.join("findings.txt"), &shown).unwrap();
        }
        let expected = fs::read_to_string(case.join("findings.txt")).unwrap_or_default();
        if expected != shown {
            write!(wrong, "\n{}:\n{shown}expected:\n{expected}", case.display()).unwrap();
        }
        if let Some(complaint) = complaint(&case, &found) {
            write!(wrong, "\n{}: {complaint}\n{shown}", case.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "not as expected (BLESS=1 rewrites):\n{wrong}");
}

#[test]
fn every_rule_has_a_bad_case_and_a_good_one() {
    let root = root();
    for rule in rules() {
        let (good, bad): (Vec<_>, Vec<_>) = folders(&root.join(rule.code)).into_iter().partition(|case| is_good(case));
        assert!(!good.is_empty() && !bad.is_empty(), "{}: {} good, {} bad", rule.code, good.len(), bad.len());
    }
    let codes: BTreeSet<&str> = rules().iter().map(|rule| rule.code).collect();
    let unknown = folders(&root).into_iter().find(|folder| !codes.contains(name(folder)) && name(folder) != RIGHT);
    assert!(unknown.is_none(), "no rule: {unknown:?}");
}

/// A linter with false alarms is switched off, so these are many.
#[test]
fn what_looks_wrong_and_is_right_has_no_finding() {
    let cases = folders(&root().join(RIGHT));
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let mut wrong = String::new();
    for case in cases {
        let stack = fs::read_to_string(case.join("stack.yaml")).unwrap();
        for word in ["# Looks wrong: ", "\n# Right: "] {
            assert!(stack.contains(word), "{}: `{}` is missing", case.display(), word.trim());
        }
        let (stack, found, sources) = checked(&texts(&case));
        if found.iter().next().is_some() {
            write!(wrong, "\n{}:\n{}", case.display(), show(&found, &sources)).unwrap();
            continue;
        }
        assert!(!render_stack(&stack).files().is_empty(), "{}", case.display());
    }
    assert!(wrong.is_empty(), "false alarms:\n{wrong}");
}

/// What is accepted is still found, and what is rendered is the same byte for byte.
#[test]
fn an_acceptance_changes_nothing_that_is_rendered() {
    let mut accepting = 0;
    for case in cases() {
        let with = texts(&case);
        let (stack, found, _) = checked(&with);
        if found.count_accepted() == 0 {
            continue;
        }
        let without = Texts(with.0.iter().map(|(path, text)| (path.clone(), without_acceptances(text))).collect());
        let (other, open, _) = checked(&without);
        assert_eq!(render_stack(&stack).texts(), render_stack(&other).texts(), "{}", case.display());
        let codes = |findings: &Findings| -> Vec<&str> { findings.iter().map(|finding| finding.rule.code).collect() };
        assert_eq!(codes(&found), codes(&open), "{}", case.display());
        accepting += 1;
    }
    assert!(accepting > 0);
}

/// A text without its `accept`, the lines below it that are indented.
fn without_acceptances(text: &str) -> String {
    let mut inside = false;
    let keep = |line: &&str| {
        inside = line.starts_with("accept:") || (inside && line.starts_with(' '));
        !inside
    };
    text.split_inclusive('\n').filter(keep).collect()
}

/// What is wrong with a case as a case.
fn complaint(case: &Path, found: &Findings) -> Option<String> {
    let open = found.iter().filter(|finding| finding.accepted.is_none());
    let codes: Vec<&str> = open.map(|finding| finding.rule.code).collect();
    let code = name(case.parent().unwrap());
    match (is_good(case), codes.as_slice()) {
        (true, []) => None,
        (false, [only]) if *only == code => None,
        (true, _) => Some("a false alarm".to_owned()),
        (false, _) => Some(format!("exactly one {code} is wanted")),
    }
}

fn findings_of(texts: &Texts) -> (Findings, Sources) {
    let (_, findings, sources) = checked(texts);
    (findings, sources)
}

fn checked(texts: &Texts) -> (Stack, Findings, Sources) {
    let project = parse_project(texts, "test").unwrap();
    let (stack, unresolved) = resolve_stack(&project);
    let mut findings = project.findings.clone();
    findings.extend(unresolved);
    findings.extend(check_stack(&stack));
    (stack, findings.sorted(), project.sources)
}

/// The words are one sentence, and every place lies in its file.
fn check_finding(finding: &Finding, sources: &Sources) {
    let message = &finding.message;
    let first = message.chars().next().unwrap();
    assert!(
        !first.is_uppercase() || ["KEDA", "Dapr", "Subscription"].iter().any(|name| message.starts_with(name)),
        "{message}"
    );
    assert!(!message.ends_with('.') && !message.contains('\n'), "{message}");
    assert!(!finding.help.is_empty(), "no help: {message}");
    for at in finding.related.iter().map(|related| related.at).chain([finding.at]) {
        let text = &sources.file(at.file).text;
        assert!(at.start <= at.end, "{message}");
        assert!(text.is_char_boundary(at.start as usize) && text.is_char_boundary(at.end as usize), "{message}");
    }
    let marked = sources.slice(finding.at);
    assert!(!finding.secret || !format!("{message}{}{}", finding.help, finding.label).contains(marked), "{message}");
}

fn show(findings: &Findings, sources: &Sources) -> String {
    let mut shown = String::new();
    for finding in findings {
        writeln!(shown, "{} {} {}", finding.rule.code, place(finding.at, sources), finding.message).unwrap();
        if !finding.label.is_empty() {
            writeln!(shown, "    ^ {}", finding.label).unwrap();
        }
        for related in &finding.related {
            writeln!(shown, "    related {} {}", place(related.at, sources), related.label).unwrap();
        }
        writeln!(shown, "    = {}", finding.help).unwrap();
        if let Some(because) = &finding.accepted {
            writeln!(shown, "    accepted: {because}").unwrap();
        }
    }
    shown
}

fn place(at: Span, sources: &Sources) -> String {
    let file = sources.file(at.file);
    let (start, end) = (file.position(at.start as usize), file.position(at.end as usize));
    format!("{}:{}:{}-{}:{}", file.path, start.line, start.column, end.line, end.column)
}

fn texts(case: &Path) -> Texts {
    let mut texts = BTreeMap::from([(environment_path("test"), "environment: test\n".to_owned())]);
    let mut add =
        |path: String, from: PathBuf| fs::read_to_string(from).is_ok_and(|text| texts.insert(path, text).is_some());
    add(STACK_PATH.to_owned(), case.join("stack.yaml"));
    add(environment_path("test"), case.join("environment.yaml"));
    for (folder, prefix, suffix) in [
        ("contracts", "handlers/", "/contract.json"),
        ("environments", "infra/environments/", ".yaml"),
        ("sealed", "infra/sealed/test/", ".yaml"),
        ("manifests", "infra/manifests-extra/", ".yaml"),
        ("templates", "infra/templates/", ".tera"),
    ] {
        for entry in fs::read_dir(case.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            add(format!("{prefix}{}{suffix}", path.file_stem().unwrap().to_str().unwrap()), path.clone());
        }
    }
    Texts(texts)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lint")
}

fn cases() -> Vec<PathBuf> {
    folders(&root()).iter().filter(|code| name(code) != RIGHT).flat_map(|code| folders(code)).collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn is_good(case: &Path) -> bool {
    name(case).starts_with("good-")
}
