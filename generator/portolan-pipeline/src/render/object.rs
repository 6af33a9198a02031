//! What every Kubernetes object begins with.

use super::tree::{Map, Tree};
use crate::model::{AppId, Fact, Stack};

/// apiVersion, kind and metadata of an object in the stack's own namespace.
pub(super) fn object(stack: &Stack, api_version: &'static str, kind: &'static str, name: &str) -> Map {
    object_in(stack, Tree::text(&stack.cluster.namespace), api_version, kind, name, Map::new())
}

/// The same in another namespace, with labels beside the usual ones.
pub(super) fn object_in(
    stack: &Stack,
    namespace: Tree,
    api_version: &'static str,
    kind: &'static str,
    name: &str,
    labels: Map,
) -> Map {
    let metadata =
        Map::new().with("name", name).with("namespace", namespace).with("labels", with_usual_labels(stack, labels));
    head(api_version, kind).with("metadata", metadata)
}

/// apiVersion and kind.
pub(super) fn head(api_version: &'static str, kind: &'static str) -> Map {
    Map::new().with("apiVersion", api_version).with("kind", kind)
}

/// Who an object belongs to (Kubernetes' recommended labels, and our own).
pub(super) fn with_usual_labels(stack: &Stack, labels: Map) -> Map {
    labels
        .with("app.kubernetes.io/part-of", Tree::text(&stack.name))
        .with("app.kubernetes.io/managed-by", "portolan")
        .with("portolan.dev/stack", Tree::text(&stack.name))
        .with("portolan.dev/environment", stack.environment.as_str())
}

/// The apps that an object is for.
pub(super) fn scopes(apps: &[Fact<AppId>]) -> Vec<Tree> {
    apps.iter().map(Tree::text).collect()
}

/// A path among the Dapr resources.
pub(super) fn dapr_path(stack: &Stack, file: &str) -> String {
    format!("dapr-components/{}/{file}.yaml", stack.environment)
}

/// A path among the other manifests.
pub(super) fn manifest_path(stack: &Stack, file: &str) -> String {
    format!("infra/manifests/{}/{file}.yaml", stack.environment)
}
