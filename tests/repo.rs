//! The shape of the repository: who may use what, how large things are, what is generated and up to date. Each test
//! holds an invariant of ARCHITECTURE.md.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Lines of a source file; past it, it is two nouns.
const LONGEST_FILE: usize = 320;
/// Lines of a verb in `commands/`: it is the list of stages.
const LONGEST_COMMAND: usize = 80;
/// Lines of a `main.rs`.
const LONGEST_MAIN: usize = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn run(command: &mut Command) -> Output {
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What git knows and what it would be told of, below a folder.
fn tracked(folder: &str, ending: &str) -> Vec<PathBuf> {
    let listed = run(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard", folder]));
    let listed = String::from_utf8(listed.stdout).unwrap();
    let paths = listed.lines().filter(|path| path.ends_with(ending)).map(|path| root().join(path));
    paths.filter(|path| path.exists()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code of a file without its unit tests, which stand at its end.
fn code(path: &Path) -> String {
    read(path).split("\n#[cfg(test)]").next().unwrap().to_owned()
}

/// Lines that hold a word outside comments, as `path:line`.
fn lines_with(paths: &[PathBuf], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        for (number, line) in code(path).lines().enumerate() {
            let line = line.split("//").next().unwrap();
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

/// Invariant 1.
#[test]
fn the_pipeline_is_pure() {
    let tree = run(Command::new("cargo").args([
        "tree",
        "--offline",
        "-p",
        "portolan-pipeline",
        "-e",
        "normal",
        "--prefix",
        "none",
    ]));
    let tree = String::from_utf8(tree.stdout).unwrap();
    for name in tree.lines().filter_map(|line| line.split(' ').next()) {
        let impure = ["tokio", "kube", "reqwest", "rdkafka", "krafka", "hyper", "sqlx"].contains(&name)
            || name.starts_with("aws-");
        assert!(!impure, "the pipeline depends on {name}");
    }
    let sources = tracked("generator/portolan-pipeline/src", ".rs");
    let world =
        ["std::fs", "std::env", "std::net", "std::process", "std::time", "std::thread", "SystemTime", "Instant::now"];
    assert_eq!(lines_with(&sources, &world), Vec::<String>::new());
}

/// A service decides without a clock, a database or a transport, so that every carrier can run it.
#[test]
fn the_domain_of_a_service_is_pure() {
    let mut domains = tracked("handlers", ".rs");
    domains.retain(|path| path.to_str().unwrap().contains("/src/domain"));
    assert!(domains.iter().filter(|path| path.ends_with("src/domain.rs")).count() >= 3, "{domains:?}");
    let allowed = ["handler_contract", "std", "serde", "time", "self", "super"];
    let impure = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::time::Instant",
        "std::thread",
        "SystemTime",
        "now_utc",
        "now_local",
        "Instant::now",
    ];
    assert_eq!(lines_with(&domains, &impure), Vec::<String>::new());
    // Its unit tests may use more.
    domains.retain(|path| !path.ends_with("tests.rs"));
    for path in domains {
        let text = code(&path);
        // A path in the middle of the code names its crate as well as a `use` does.
        let uses =
            text.lines().filter_map(|line| line.trim_start().strip_prefix("pub(crate) ").or(Some(line.trim_start())));
        for used in uses.filter_map(|line| line.strip_prefix("use ")) {
            let name = used.split([':', ';', ' ']).next().unwrap();
            assert!(allowed.contains(&name), "{} uses {name}", path.display());
        }
        for crate_name in ["crate::", "handler_runtime::", "serde_json::", "sqlx::", "axum::", "tokio::", "tracing::"] {
            let named = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(crate_name));
            assert!(!named, "{} names {crate_name}", path.display());
        }
    }
}

/// Invariant 4.
#[test]
fn renderers_cannot_fail() {
    let mut renderers = tracked("generator/portolan-pipeline/src/render", ".rs");
    renderers.extend(tracked("generator/portolan-pipeline/src/graph", ".rs"));
    renderers.push(root().join("generator/portolan-pipeline/src/graph.rs"));
    renderers.retain(|path| !path.ends_with("graph/tests.rs"));
    // A serializer's own signature is the one that serde asks for.
    let fallible: Vec<_> =
        lines_with(&renderers, &["Result<"]).into_iter().filter(|line| !line.contains("serializer")).collect();
    assert_eq!(fallible, Vec::<String>::new());
}

/// Invariant 7.
#[test]
fn only_views_print() {
    let mut sources = tracked("generator", ".rs");
    sources.retain(|path| !path.to_str().unwrap().contains("/views"));
    assert_eq!(
        lines_with(&sources, &["println!", "print!(", "eprint", "dbg!", "io::stdout", "io::stderr"]),
        Vec::<String>::new()
    );
}

/// Invariant 11.
#[test]
fn maps_in_the_pipeline_are_ordered() {
    let sources = tracked("generator/portolan-pipeline/src", ".rs");
    assert_eq!(lines_with(&sources, &["HashMap", "HashSet"]), Vec::<String>::new());
}

/// Invariant 6: a stage is one verb, and a command lists stages.
#[test]
fn stages_are_called_by_their_verb() {
    let stages = [
        ("spec/project.rs", "pub fn parse_"),
        ("resolve.rs", "pub fn resolve_"),
        ("checks.rs", "pub fn check_"),
        ("render.rs", "pub fn render_"),
        ("graph.rs", "pub fn graph_"),
    ];
    for (file, begins) in stages {
        let text = read(&root().join("generator/portolan-pipeline/src").join(file));
        assert!(text.contains(begins), "{file} has no {begins}…");
    }
    for check in tracked("generator/portolan-pipeline/src/checks", ".rs") {
        let text = read(&check);
        let rules = text.matches("static RULE: Rule").count();
        assert!(rules <= 1, "{} has {rules} rules: one check, one file, one code", check.display());
    }
}

#[test]
fn nothing_is_too_large() {
    for path in tracked(".", ".rs") {
        let lines = read(&path).lines().count();
        let inside = |folder: &str| path.parent().is_some_and(|parent| parent.ends_with(folder));
        let longest = match path.file_name().and_then(|name| name.to_str()) {
            Some("main.rs") => LONGEST_MAIN,
            _ if inside("portolan/src/commands") => LONGEST_COMMAND,
            _ => LONGEST_FILE,
        };
        assert!(lines <= longest, "{} has {lines} lines, more than {longest}", path.display());
    }
}

#[test]
fn modules_have_no_mod_rs_and_nothing_is_left_for_later() {
    let sources = tracked(".", ".rs");
    assert!(sources.iter().all(|path| path.file_name().is_some_and(|name| name != "mod.rs")));
    let marks = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("#[ig", "nore")];
    assert_eq!(lines_with(&sources, &marks), Vec::<String>::new());
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let marked = sources.iter().filter(|path| marks.iter().any(|mark| read(path).contains(mark)));
    assert_eq!(marked.count(), 0);
}

/// What is rendered and generated is committed as it would be now.
#[test]
fn generated_files_are_up_to_date() {
    let portolan = env!("CARGO_BIN_EXE_portolan");
    run(Command::new(portolan).args(["render", "--check"]));
    for schema in ["stack", "contract"] {
        let printed = run(Command::new(portolan).args(["schema", schema])).stdout;
        let committed = read(&root().join(format!("infra/schema/{schema}.schema.json")));
        assert_eq!(String::from_utf8(printed).unwrap(), committed, "run `just generate`");
    }
}

/// Every rendered file says first who wrote it and how, and the index has all of them and no other.
#[test]
fn the_index_has_every_rendered_file() {
    for environment in ["aws", "confluent", "local", "prod", "redis"] {
        let index: serde_json::Value =
            serde_json::from_str(&read(&root().join(format!("infra/manifests/{environment}.index.json")))).unwrap();
        let indexed: BTreeSet<String> = index["files"].as_object().unwrap().keys().cloned().collect();
        let folders = ["dapr-components", "charts/values", "infra/manifests", "infra/platform"];
        let found: BTreeSet<String> = folders
            .iter()
            .flat_map(|folder| [".yaml", ".json"].map(|ending| tracked(&format!("{folder}/{environment}"), ending)))
            .flatten()
            .map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(indexed, found);
        for path in found {
            let text = read(&root().join(&path));
            // JSON has no comments: there it is the first member.
            let told = text.lines().nth(usize::from(text.starts_with('{'))).unwrap();
            let told = told.trim_start_matches("  \"rendered\": \"").trim_start_matches("# ").trim_end_matches("\",");
            let ending = format!("portolan render {environment}");
            assert!(told.starts_with("Rendered by portolan from ") && told.ends_with(&ending), "{path}: {told}");
        }
    }
}

/// Every decision is one file, numbered without gaps, and in the list.
#[test]
fn decisions_are_numbered_and_listed() {
    let mut names: Vec<String> = tracked("docs/decisions", ".md")
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.retain(|name| name != "README.md");
    names.sort();
    let list = read(&root().join("docs/decisions/README.md"));
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}-")), "{name} is not number {number}");
        assert!(list.contains(name.as_str()), "docs/decisions/README.md does not list {name}");
    }
}

/// A process that leaves is not killed before its time: what P413 counts with is what the runtime takes.
#[test]
fn the_grace_that_is_checked_is_what_the_runtime_takes() {
    let seconds = |path: &str, beginning: &str| -> u64 {
        let text = read(&root().join(path));
        let rest = text.split(beginning).nth(1).unwrap_or_else(|| panic!("{path} has no `{beginning}`"));
        rest.split(')').next().unwrap().parse().unwrap()
    };
    let taken = seconds("handlers/handler-runtime/src/running.rs", "const LEAVING: Duration = Duration::from_secs(");
    let checked = seconds(
        "generator/portolan-pipeline/src/checks/short_grace.rs",
        "const LEAVING: Duration = Duration::seconds(",
    );
    let usual =
        seconds("generator/portolan-pipeline/src/resolve/services.rs", "const GRACE: Duration = Duration::seconds(");
    assert_eq!(taken, checked);
    assert!(taken < usual);
}

/// The map names every folder that has code, and every invariant names a test that exists.
#[test]
fn the_architecture_page_is_true() {
    let page = read(&root().join("ARCHITECTURE.md"));
    for folder in [
        "generator/portolan-pipeline",
        "generator/portolan",
        "tests/parts",
        "charts/handler",
        "handlers",
        "infra",
        "dapr-components",
    ] {
        assert!(page.contains(folder), "ARCHITECTURE.md does not name {folder}");
    }
    let tests: String = ["tests", "generator", "handlers"]
        .iter()
        .flat_map(|folder| tracked(folder, ".rs"))
        .map(|path| read(&path))
        .collect();
    let named: Vec<&str> = page.split('`').filter(|word| word.contains("::") && word.ends_with("()")).collect();
    assert!(named.len() > 8, "the invariants name their tests as `file::function()`");
    for name in named {
        let function = name.trim_end_matches("()").rsplit("::").next().unwrap();
        assert!(tests.contains(&format!("fn {function}(")), "ARCHITECTURE.md names {name}, which is no test");
    }
}
