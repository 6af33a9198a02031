//! Folders as people have them: `tests/import/folders/<case>/given`, and what becomes of it in `expected`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use portolan_pipeline::import::import_texts;

use crate::{Texts, golden, names, root, show};

#[test]
fn folders_as_people_have_them() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for case in fs::read_dir(root().join("tests/import/folders")).unwrap() {
        let case = case.unwrap().path();
        let mut texts = BTreeMap::new();
        collect(&case.join("given"), &case.join("given"), &mut texts);
        let texts: Vec<(String, String)> = texts.into_iter().collect();
        let imported = import_texts(&texts, &names("imported", "live"));
        let mut shown: BTreeMap<String, String> = imported.files.iter().cloned().collect();
        // Whatever is imported can be rendered.
        let rendered = crate::objects::rendered(&Texts(shown.clone()), "live");
        assert!(!rendered.is_empty(), "{}", case.display());
        shown.insert("said.txt".to_owned(), show(&imported));
        for (path, text) in shown.iter().chain(&rendered) {
            assert!(!text.contains("hunter2"), "{}: {path} has a secret in it:\n{text}", case.display());
        }
        wrong.extend(golden(&case.join("expected"), &shown));
        cases += 1;
    }
    assert!(cases >= 3, "{cases} cases");
    assert!(wrong.is_empty(), "not as expected (BLESS=1 rewrites):\n{}", wrong.join("\n"));
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
}
