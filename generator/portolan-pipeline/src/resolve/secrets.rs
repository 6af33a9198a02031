use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{Fact, Reference, Secret, SecretName, SecretSource};
use crate::source::Span;
use crate::spec::document::SecretOrigin;
use crate::spec::{Duration, SecretKey};

impl Resolver<'_> {
    pub(super) fn secrets(&mut self) -> BTreeMap<SecretName, Secret> {
        let secrets = self.document.secrets.iter().map(|(name, keys)| {
            let sealed = self.project.sealed.get(&name.value).cloned();
            (name.value.as_str().into(), Secret { at: name.at, keys: keys.iter().map(Fact::from).collect(), sealed })
        });
        secrets.collect()
    }

    /// Keeps a reference to a secret or a key that is not declared.
    pub(super) fn secret_reference(&mut self, secrets: &BTreeMap<SecretName, Secret>, key: &SecretKey, at: Span) {
        match secrets.get(key.secret.as_str()) {
            None => self.dangling(Reference::Secret, &key.secret, at),
            Some(secret) if secret.keys.iter().all(|known| known.value != key.key) => {
                self.dangling(Reference::SecretKey, &key.to_string(), at);
            }
            Some(_) => {}
        }
    }

    pub(super) fn secret_source(&mut self) -> SecretSource {
        let written = &self.document.secret_source;
        let origin = self.or_default_as(written.from.as_ref(), "secretSource.from", SecretOrigin::Template, |origin| {
            origin.word().to_owned()
        });
        let refresh = self.or_default(written.refresh.as_ref(), "secretSource.refresh", Duration::seconds(3600));
        if origin.value == SecretOrigin::ExternalSecrets && written.store.is_none() {
            let at = origin.at.unwrap_or(self.top());
            self.missing(
                at,
                "external-secrets needs the name of its store",
                "add `store: NAME` of a ClusterSecretStore",
            );
        }
        SecretSource { origin, store: written.store.as_ref().map(Fact::from), refresh }
    }
}
