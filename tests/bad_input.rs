//! Whatever text comes in: every stage ends, every finding lies in its file, and what has no error can be rendered.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use portolan_pipeline::checks::check_stack;
use portolan_pipeline::finding::{Finding, Severity};
use portolan_pipeline::render::render_stack;
use portolan_pipeline::resolve::resolve_stack;
use portolan_pipeline::source::Sources;
use portolan_pipeline::spec::{Files, ReadError, STACK_PATH, environment_path, parse_project};
use proptest::prelude::*;
use proptest::sample::Index;

const CONTRACT: &str = "handlers/api-service/contract.json";

const MANIFESTS: [&str; 5] = [
    "infra/manifests-extra/limits.yaml",
    "infra/templates/ingress.yaml.tera",
    "infra/templates/topics-only.tera",
    "infra/templates/topics.yaml.tera",
    "infra/templates/words.tera",
];

/// The repository's own stack, one text of which is broken.
#[derive(Clone)]
struct Texts(BTreeMap<String, String>);

impl Files for Texts {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn environments(&self) -> Option<Vec<String>> {
        Some(vec!["local".to_owned(), "prod".to_owned()])
    }
}

impl Texts {
    fn of_the_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut paths = vec![STACK_PATH.to_owned(), environment_path("local"), environment_path("prod")];
        for entry in fs::read_dir(root.join("handlers")).unwrap() {
            paths.push(format!("handlers/{}/contract.json", entry.unwrap().file_name().to_str().unwrap()));
        }
        let read = |path: String| fs::read_to_string(root.join(&path)).ok().map(|text| (path, text));
        Self(paths.into_iter().filter_map(read).collect())
    }

    /// The case that has manifests and templates, each of its environments under a name of the repository's.
    fn of_the_manifests() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/render/manifests");
        let mut texts = BTreeMap::new();
        let paths = [STACK_PATH].into_iter().chain(MANIFESTS).map(|path| (path.to_owned(), path.to_owned()));
        let environments = [("local", "live"), ("prod", "small")];
        let environments = environments.map(|(name, file)| (environment_path(name), environment_path(file)));
        for (name, path) in paths.chain(environments) {
            texts.insert(name, fs::read_to_string(root.join(path)).unwrap().replace("environment: ", "# "));
        }
        Self(texts)
    }

    fn with(&self, path: &str, text: String) -> Self {
        let mut texts = self.clone();
        texts.0.insert(path.to_owned(), text);
        texts
    }

    /// Runs the stages and looks at each finding.
    fn check(&self) -> usize {
        ["local", "prod"].into_iter().map(|environment| self.check_in(environment)).sum()
    }

    fn check_in(&self, environment: &str) -> usize {
        let project = parse_project(self, environment).unwrap();
        let (stack, unresolved) = resolve_stack(&project);
        let found = check_stack(&stack);
        let all: Vec<&Finding> = project.findings.iter().chain(&unresolved).chain(&found).collect();
        for finding in &all {
            lies_in_its_file(finding, &project.sources);
        }
        if all.iter().all(|finding| finding.rule.severity != Severity::Error) {
            render_stack(&stack).texts();
        }
        all.len()
    }
}

fn lies_in_its_file(finding: &Finding, sources: &Sources) {
    for at in finding.related.iter().map(|related| related.at).chain([finding.at]) {
        let text = &sources.file(at.file).text;
        let (start, end) = (at.start as usize, at.end as usize);
        assert!(start <= end && end <= text.len(), "{finding:?}");
        assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{finding:?}");
    }
}

/// One change of a text: what is taken away from where on, and what comes in its place.
#[derive(Debug, Clone)]
enum Change {
    Cut(Index),
    Character { at: Index, with: String },
    Line { at: Index, with: Option<Index>, keep: bool },
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        Just(String::new()),
        "[\\t\\n :,{}\\[\\]&*!|>'\"#%@`~?-]{1,3}",
        "\\PC{1,4}",
        Just("<<: *x".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("é日".to_owned())
    ];
    prop_oneof![
        any::<Index>().prop_map(Change::Cut),
        (any::<Index>(), piece).prop_map(|(at, with)| Change::Character { at, with }),
        (any::<Index>(), any::<Option<Index>>(), any::<bool>()).prop_map(|(at, with, keep)| Change::Line {
            at,
            with,
            keep
        }),
    ]
}

fn apply(text: &str, change: &Change) -> String {
    let characters: Vec<char> = text.chars().collect();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if characters.is_empty() {
        return String::new();
    }
    match change {
        Change::Cut(at) => characters[..at.index(characters.len())].iter().collect(),
        Change::Character { at, with } => {
            let at = at.index(characters.len());
            characters[..at].iter().chain(&with.chars().collect::<Vec<_>>()).chain(&characters[at + 1..]).collect()
        }
        Change::Line { at, with, keep } => {
            let at = at.index(lines.len());
            let kept = lines[at..].iter().skip(usize::from(!keep));
            let with = with.map(|with| lines[with.index(lines.len())]);
            lines[..at].iter().copied().chain(with).chain(kept.copied()).collect()
        }
    }
}

#[test]
fn the_repository_itself_is_clean() {
    assert_eq!(Texts::of_the_repository().check(), 0);
    assert_eq!(Texts::of_the_manifests().check(), 0);
}

proptest! {
    // PROPTEST_CASES asks for more of them.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_texts_are_read_to_the_end(which in 0..3_usize, changes in prop::collection::vec(change(), 1..4)) {
        let texts = Texts::of_the_repository();
        let path = [STACK_PATH, "infra/environments/prod.yaml", CONTRACT][which];
        let broken = changes.iter().fold(texts.0[path].clone(), |text, change| apply(&text, change));
        texts.with(path, broken).check();
    }

    #[test]
    fn any_text_is_read_to_the_end(text in "\\PC{0,200}", lines in "([a-z \\t\\n:{}\\[\\]&*!|>'\"#-]|é){0,200}") {
        let texts = Texts::of_the_repository();
        for path in [STACK_PATH, "infra/environments/prod.yaml", CONTRACT] {
            texts.with(path, text.clone()).check();
            texts.with(path, lines.clone()).check();
        }
    }

    #[test]
    fn changed_manifests_are_read_to_the_end(which in 0..5_usize, changes in prop::collection::vec(change(), 1..4)) {
        let texts = Texts::of_the_manifests();
        let broken = changes.iter().fold(texts.0[MANIFESTS[which]].clone(), |text, change| apply(&text, change));
        texts.with(MANIFESTS[which], broken).check();
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let texts = Texts::of_the_repository();
        texts.with(STACK_PATH, String::from_utf8_lossy(&bytes).into_owned()).check();
    }
}
