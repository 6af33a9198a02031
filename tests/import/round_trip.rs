//! From what portolan renders to a spec and back. What is not the same is declared in `tests/import/rendered`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::import::{Imported, import_texts};
use portolan_pipeline::spec::{Files, ReadError};

use crate::objects::{rendered, values};
use crate::{Texts, golden, names, root, show};

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::Missing,
            _ => ReadError::Failed(error.to_string()),
        })
    }
}

#[test]
fn what_is_rendered_is_rendered_again_from_its_import() {
    let mut wrong = Vec::new();
    let mut cases: Vec<PathBuf> =
        fs::read_dir(root().join("tests/render")).unwrap().map(|case| case.unwrap().path()).collect();
    cases.push(root());
    cases.sort();
    let mut environments = 0;
    for case in cases {
        let name =
            if case == root() { "todo".to_owned() } else { case.file_name().unwrap().to_str().unwrap().to_owned() };
        for environment in fs::read_dir(case.join("infra/environments")).unwrap() {
            let path = environment.unwrap().path();
            wrong.extend(round_trip(&name, &case, path.file_stem().unwrap().to_str().unwrap()));
            environments += 1;
        }
    }
    assert!(environments > 10, "{environments} environments");
    assert!(wrong.is_empty(), "not as declared (BLESS=1 rewrites):\n{}", wrong.join("\n"));
}

fn round_trip(name: &str, case: &Path, environment: &str) -> Vec<String> {
    let before = rendered(&Folder(case.to_owned()), environment);
    // What goes over a bus of AWS stands in requests, which are no objects of Kubernetes: half of such a stack is no stack.
    if before.keys().any(|path| is_request(path)) {
        return Vec::new();
    }
    let texts: Vec<(String, String)> = before.clone().into_iter().collect();
    let stack = stack_name(case);
    let imported = import_texts(&texts, &names(&stack, environment));
    let files: BTreeMap<String, String> = imported.files.iter().cloned().collect();
    let after = rendered(&Texts(files.clone()), environment);
    let (before, after) = (values(&before), values(&after));
    let differences = differences(&before, &after, &imported);
    let mut shown = files;
    shown.insert("differences.txt".to_owned(), differences);
    shown.insert("said.txt".to_owned(), show(&imported));
    golden(&root().join("tests/import/rendered").join(format!("{name}-{environment}")), &shown)
}

fn is_request(path: &str) -> bool {
    path.starts_with("infra/manifests/") && path.contains("/aws/")
}

fn stack_name(case: &Path) -> String {
    let text = fs::read_to_string(case.join("infra/stack.yaml")).unwrap();
    text.lines().find_map(|line| line.strip_prefix("stack: ")).unwrap().to_owned()
}

type Objects = BTreeMap<String, BTreeMap<String, String>>;

/// What is not the same. Whatever was there and is not, or is otherwise, has to be said by the import.
fn differences(before: &Objects, after: &Objects, imported: &Imported) -> String {
    let mut text = String::new();
    let nothing = BTreeMap::new();
    let titles: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for title in titles {
        let (was, is) = (before.get(title).unwrap_or(&nothing), after.get(title).unwrap_or(&nothing));
        if was.is_empty() || is.is_empty() {
            let said = is.is_empty() && imported.left.iter().any(|left| left.object == *title && left.field.is_empty());
            assert!(said || was.is_empty(), "nobody says that {title} is not carried over");
            writeln!(text, "{title}: only {}", if is.is_empty() { "before" } else { "after" }).unwrap();
            continue;
        }
        let pointers: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for pointer in pointers.into_iter().filter(|pointer| was.get(*pointer) != is.get(*pointer)) {
            let shown = |value: Option<&String>| value.map_or("(none)", String::as_str).to_owned();
            writeln!(text, "{title} {pointer}: {} -> {}", shown(was.get(pointer)), shown(is.get(pointer))).unwrap();
            if was.contains_key(pointer) {
                assert!(is_said(imported, title, pointer), "nobody says that {title} {pointer} is not carried over");
            }
        }
    }
    text
}

fn is_said(imported: &Imported, title: &str, pointer: &str) -> bool {
    // Lists are labelled otherwise there: the last word of what is said has to stand in the place.
    let word = |field: &str| {
        field
            .rsplit(['.', '[', ']'])
            .find(|part| !part.is_empty() && part.parse::<u8>().is_err())
            .unwrap_or_default()
            .to_owned()
    };
    let mut mine = imported.left.iter().filter(|left| left.object == title);
    mine.any(|left| left.field.is_empty() || pointer.contains(&word(&left.field)) || left.field == "metadata.name")
}
