use super::{Component, Fact};
use crate::source::Span;
use crate::spec::Node;

/// What a file that the spec names under `manifests` holds.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The name that the spec gives it.
    pub name: Fact<String>,
    /// Its path.
    pub path: Fact<String>,
    /// The objects in it, or in what the template becomes.
    pub objects: Vec<ManifestObject>,
}

/// One document of such a file.
#[derive(Debug, Clone)]
pub struct ManifestObject {
    /// Where it stands; of a template's output where the spec names the template.
    pub at: Span,
    /// `apps/v1`.
    pub api_version: Option<Fact<String>>,
    /// `Deployment`.
    pub kind: Option<Fact<String>>,
    /// Its name.
    pub name: Option<Fact<String>>,
    /// Its namespace.
    pub namespace: Option<Fact<String>>,
    /// The document as it was written.
    pub text: String,
    /// Where it is a component of Dapr's, what that says.
    pub component: Option<Component>,
    /// The document as it was read.
    pub(crate) node: Node,
}

impl ManifestObject {
    /// The group of its kind: `apps`; empty for the core.
    pub fn group(&self) -> &str {
        let version = self.api_version.as_ref().map_or("", |version| &version.value);
        version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Its kind, empty where it says none.
    pub fn kind(&self) -> &str {
        self.kind.as_ref().map_or("", |kind| &kind.value)
    }

    /// How a message calls it.
    pub fn title(&self) -> String {
        match (&self.kind, &self.name) {
            (Some(kind), Some(name)) => format!("the {} `{}`", kind.value, name.value),
            (Some(kind), None) => format!("a {}", kind.value),
            _ => "a document".to_owned(),
        }
    }
}
