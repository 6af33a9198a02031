use super::file::RenderedFile;
use super::object::{head, manifest_path, with_usual_labels};
use super::tree::{Map, Tree};
use crate::model::Stack;

/// The namespace, under Pod Security's strictest profile.
pub(super) fn render_namespace(stack: &Stack) -> RenderedFile {
    let labels = with_usual_labels(stack, Map::new())
        .with("pod-security.kubernetes.io/enforce", "restricted")
        .with("pod-security.kubernetes.io/warn", "restricted");
    let metadata = Map::new().with("name", Tree::text(&stack.cluster.namespace)).with("labels", labels);
    // `kubectl apply -f` goes by file name, and the namespace has to be there first.
    RenderedFile::new(manifest_path(stack, "00-namespace"), head("v1", "Namespace").with("metadata", metadata))
}
