use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file::RenderedFile;
use crate::model::Stack;
use crate::spec::{STACK_PATH, environment_path};

/// Every rendered file of one environment, by path.
#[derive(Debug, Clone)]
pub struct Manifests {
    environment: String,
    namespace: String,
    files: Vec<RenderedFile>,
}

/// Which files an environment owns, each with the SHA-256 of its text. What is not in it was never portolan's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// How the files are made anew.
    pub command: String,
    /// Digest in hexadecimal, by path.
    pub files: BTreeMap<String, String>,
}

/// Where an environment's index stands: beside its manifests, so that `kubectl apply -f` on the folder does not meet it.
pub fn index_path(environment: &str) -> String {
    format!("infra/manifests/{environment}.index.json")
}

impl Manifests {
    pub(super) fn new(stack: &Stack, mut files: Vec<RenderedFile>) -> Self {
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Self { environment: stack.environment.clone(), namespace: stack.cluster.namespace.value.clone(), files }
    }

    /// The environment's name.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The namespace of every object.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The files, by path.
    pub fn files(&self) -> &[RenderedFile] {
        &self.files
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&RenderedFile> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|found| &self.files[found])
    }

    /// Path and text of every file, the index last.
    pub fn texts(&self) -> Vec<(String, String)> {
        let header = format!(
            "Rendered by portolan from {STACK_PATH} and {}: portolan render {}",
            environment_path(&self.environment),
            self.environment,
        );
        let mut texts: Vec<_> = self.files.iter().map(|file| (file.path.clone(), file.text(&header))).collect();
        texts.push((index_path(&self.environment), self.index(&texts)));
        texts
    }

    fn index(&self, texts: &[(String, String)]) -> String {
        let files = texts.iter().map(|(path, text)| (path.clone(), digest(text))).collect();
        let index = Index { command: format!("portolan render {}", self.environment), files };
        #[expect(clippy::expect_used, reason = "a map of texts is always JSON")]
        let mut text = serde_json::to_string_pretty(&index).expect("an index is always JSON");
        text.push('\n');
        text
    }
}

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
