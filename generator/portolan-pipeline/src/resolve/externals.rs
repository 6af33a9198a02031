use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{ClientTls, External, ExternalTarget, Fact, Secret, SecretName, ServiceName};
use crate::spec::{Located, SecretKey, SecretReference, Setting, document};

impl Resolver<'_> {
    pub(super) fn externals(&mut self, secrets: &BTreeMap<SecretName, Secret>) -> BTreeMap<ServiceName, External> {
        let document = self.document;
        let mut externals = BTreeMap::new();
        for (name, written) in &document.external {
            externals.insert(name.value.as_str().into(), self.external(name, written, secrets));
        }
        externals
    }

    fn external(
        &mut self,
        name: &Located<String>,
        written: &document::External,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> External {
        let target = match (&written.app, &written.url) {
            (_, Some(url)) => ExternalTarget::Url(url.into()),
            (Some(app), None) => ExternalTarget::App(app.into()),
            (None, None) => ExternalTarget::App(Fact::written_at(name.value.clone(), name.at)),
        };
        if let (Some(app), Some(_)) = (&written.app, &written.url) {
            self.missing(app.at, format!("`{}` has an app and a url", name.value), "keep one of them");
        }
        let of_an_address =
            written.tls.is_some() || written.headers.iter().next().is_some() || written.scopes.is_some();
        if of_an_address && written.url.is_none() {
            let message = format!("`{}` has no url, and headers, tls and scopes are an address's", name.value);
            self.missing(name.at, message, "add `url: ADDRESS`, or take them away");
        }
        for (_, value) in &written.headers {
            if let Setting::Secret(key) = &value.value {
                self.secret_reference(secrets, key, value.at);
            }
        }
        let path = format!("external.{}.trustDomain", name.value);
        External {
            at: name.at,
            target,
            trust_domain: self.or_default(written.trust_domain.as_ref(), &path, "public".to_owned()),
            headers: written.headers.iter().map(|(header, value)| (header.value.clone(), value.into())).collect(),
            tls: written.tls.as_ref().map(|tls| self.client_tls(name, tls, secrets)),
            scopes: written
                .scopes
                .as_ref()
                .map(|scopes| scopes.iter().map(|app| Fact::written_at(app.value.as_str().into(), app.at)).collect()),
        }
    }

    fn client_tls(
        &mut self,
        name: &Located<String>,
        written: &document::ClientTls,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> ClientTls {
        if written.certificate.is_some() != written.key.is_some() {
            let message = format!("the client of `{}` has half of a certificate", name.value);
            self.missing(name.at, message, "write `certificate` and `key`, or neither");
        }
        let mut key = |reference: &Option<Located<SecretReference>>| -> Option<Fact<SecretKey>> {
            let reference = reference.as_ref()?;
            self.secret_reference(secrets, &reference.value.0, reference.at);
            Some(Fact::from(reference).map(|reference| reference.0))
        };
        ClientTls {
            ca: key(&written.ca),
            certificate: key(&written.certificate),
            key: key(&written.key),
            renegotiation: written.renegotiation.as_ref().map(Fact::from),
        }
    }
}
