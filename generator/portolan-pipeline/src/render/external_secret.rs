use super::file::RenderedFile;
use super::object::{manifest_path, object};
use super::tree::{Map, Tree};
use crate::model::{Fact, Stack};
use crate::spec::document::SecretOrigin;

/// ExternalSecrets (`external-secrets.io/v1`): each secret is one entry of the store, its keys that entry's properties.
pub(super) fn render_external_secrets(stack: &Stack) -> Vec<RenderedFile> {
    let source = &stack.secret_source;
    if source.origin.value != SecretOrigin::ExternalSecrets {
        return Vec::new();
    }
    let secrets = stack.secrets.iter().map(|(name, secret)| {
        let store = Map::new().with("kind", "ClusterSecretStore").maybe("name", source.store.as_ref().map(Tree::text));
        let spec = Map::new()
            .with("refreshInterval", Tree::text(&source.refresh))
            .with("secretStoreRef", store)
            .with("target", Map::new().with("name", name.as_str()).with("creationPolicy", "Owner"))
            .with("data", secret.keys.iter().map(|key| render_key(name.as_str(), key)).collect::<Vec<_>>());
        let document = object(stack, "external-secrets.io/v1", "ExternalSecret", name.as_str()).with("spec", spec);
        RenderedFile::new(manifest_path(stack, &format!("external-secret-{name}")), document)
    });
    secrets.collect()
}

fn render_key(secret: &str, key: &Fact<String>) -> Tree {
    let remote = Map::new().with("key", secret).with("property", Tree::text(key));
    Map::new().with("secretKey", Tree::text(key)).with("remoteRef", remote).into()
}
