//! Whatever Dapr's own tests have as components: each is carried over or said to be left, and none shows its secrets.

use std::fs;
use std::path::{Path, PathBuf};

use portolan_parts::cache;
use portolan_pipeline::import::import_texts;

use crate::{Texts, names, root};

fn yaml(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            found.push(path);
        }
    }
    found.sort();
}

/// Whatever is missing from a file, an import says something and goes on.
#[test]
fn damaged_files_are_imported_or_left() {
    let mut paths = Vec::new();
    yaml(&root().join("tests/import/folders"), &mut paths);
    yaml(&root().join("dapr-components/prod"), &mut paths);
    let mut cases = 0;
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for number in 0..lines.len() {
            let without = [&lines[..number], &lines[number + 1..]].concat().join("\n");
            let indented = lines
                .iter()
                .enumerate()
                .map(|(at, line)| if at == number { format!("  {line}") } else { (*line).to_owned() });
            for damaged in [without, lines[..number].join("\n"), indented.collect::<Vec<_>>().join("\n")] {
                let imported = import_texts(&[("damaged.yaml".to_owned(), damaged)], &names("corpus", "live"));
                assert_eq!(imported.files.len(), 2);
                cases += 1;
            }
        }
    }
    assert!(cases > 1000, "{cases}");
}

#[test]
fn upstreams_own_files_are_carried_over_or_left() {
    let mut paths = Vec::new();
    for part in ["contrib-1.18", "dapr-1.18", "keda-2.21"] {
        yaml(&cache::folder(part).unwrap(), &mut paths);
    }
    let (mut files, mut carried, mut left) = (0, 0, 0);
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let imported = import_texts(&[(name, text.clone())], &names("corpus", "live"));
        let said = imported.carried.len() + imported.left.len();
        let is_empty =
            text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line == "---");
        assert!(said > 0 || is_empty, "{}: neither carried over nor left", path.display());
        // The spec that comes of it can be read.
        let texts = Texts(imported.files.iter().cloned().collect());
        let parsed = portolan_pipeline::spec::parse_project(&texts, "live").unwrap();
        let found: Vec<&str> = parsed.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(found.is_empty(), "{}: {found:?}\n{:?}", path.display(), imported.files);
        (files, carried, left) = (files + 1, carried + imported.carried.len(), left + imported.left.len());
    }
    assert!(files > 300 && carried > 100 && left > 200, "{files} files, {carried} carried over, {left} left");
}
