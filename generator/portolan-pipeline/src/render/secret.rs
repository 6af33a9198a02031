use super::file::RenderedFile;
use super::object::{head, manifest_path, with_usual_labels};
use super::tree::{Map, Tree};
use crate::model::Stack;
use crate::spec::document::SecretOrigin;

/// Secrets without values. There is no `data` at all: applying one over a Secret that has its values takes none away.
pub(super) fn render_secrets(stack: &Stack) -> Vec<RenderedFile> {
    if stack.secret_source.origin.value != SecretOrigin::Template {
        return Vec::new();
    }
    let secrets = stack.secrets.iter().map(|(name, secret)| {
        let keys: Vec<&str> = secret.keys.iter().map(|key| key.value.as_str()).collect();
        let keys = Tree::from(keys.join(",")).at_place(Some(secret.at));
        let metadata = Map::new()
            .with("name", name.as_str())
            .with("namespace", Tree::text(&stack.cluster.namespace))
            .with("labels", with_usual_labels(stack, Map::new()))
            .with("annotations", Map::new().with("portolan.dev/keys", keys));
        let document = head("v1", "Secret").with("metadata", metadata).with("type", "Opaque");
        RenderedFile::new(manifest_path(stack, &format!("secret-{name}")), document)
    });
    secrets.collect()
}
