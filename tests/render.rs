//! `tests/render/<case>/` is a small project: what is rendered of it stands in `expected/`. `BLESS=1` rewrites that.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use portolan_pipeline::spec::{Files, ReadError, parse_project};
use portolan_pipeline::{checks, render, resolve};

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
fn every_case_is_rendered_as_expected() {
    let cases = folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/render"));
    assert!(!cases.is_empty());
    let wrong: Vec<String> = cases.iter().flat_map(|case| compare(case)).collect();
    assert!(wrong.is_empty(), "not as expected (BLESS=1 rewrites):\n{}", wrong.join("\n"));
}

fn compare(case: &Path) -> Vec<String> {
    let rendered = render_case(case);
    let expected = case.join("expected");
    if std::env::var_os("BLESS").is_some() {
        bless(&expected, &rendered);
    }
    let mut found = BTreeMap::new();
    collect(&expected, &expected, &mut found);
    let paths: std::collections::BTreeSet<&String> = rendered.keys().chain(found.keys()).collect();
    let different = paths.into_iter().filter(|path| rendered.get(*path) != found.get(*path));
    different.map(|path| format!("{}: {path}", case.display())).collect()
}

fn render_case(case: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for environment in fs::read_dir(case.join("infra/environments")).unwrap() {
        let path = environment.unwrap().path();
        let environment = path.file_stem().unwrap().to_str().unwrap();
        let project = parse_project(&Folder(case.to_owned()), environment).unwrap();
        let (stack, missing) = resolve::resolve_stack(&project);
        let findings: Vec<_> = [&project.findings, &missing, &checks::check_stack(&stack)]
            .into_iter()
            .flatten()
            .map(|finding| format!("{} {}", finding.rule.code, finding.message))
            .collect();
        assert!(findings.is_empty(), "{}: {findings:?}", case.display());
        files.extend(render::render_stack(&stack).texts());
    }
    files
}

fn bless(expected: &Path, rendered: &BTreeMap<String, String>) {
    let _ = fs::remove_dir_all(expected);
    for (path, text) in rendered {
        let path = expected.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}
