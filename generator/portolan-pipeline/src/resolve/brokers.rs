use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{Addresses, Broker, Credentials, Encryption, Fact, Secret, SecretName, Strimzi};
use crate::spec::document::{self, BrokerList, Provider, Sasl, StrimziApi, Tls, TopicOwner};
use crate::spec::{Endpoint, Located, SecretReference};

/// The port of Strimzi's plain internal listener, and of the encrypted one.
const STRIMZI_PORTS: [u16; 2] = [9092, 9093];

impl Resolver<'_> {
    /// The broker behind a Kafka component.
    pub(super) fn broker(
        &mut self,
        name: &Located<String>,
        written: &document::Component,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> Broker {
        let path = |field: &str| format!("components.{}.{field}", name.value);
        let provider = self.or_default_as(written.provider.as_ref(), &path("provider"), Provider::Kafka, |provider| {
            provider.word().to_owned()
        });
        let usual = provider.value.usual_sasl();
        let credentials = written.auth.as_ref().and_then(|auth| self.credentials(name, auth, usual, secrets));
        let encryption = self.encryption(written, &path("tls"), credentials.is_some(), secrets);
        let by_strimzi = provider.value == Provider::Strimzi;
        let owner = if by_strimzi { TopicOwner::Strimzi } else { TopicOwner::Portolan };
        let strimzi = by_strimzi.then(|| self.strimzi(name, &written.strimzi));
        let addresses = self.addresses(name, written, strimzi.as_ref(), encryption.value.is_tls(), secrets);
        Broker {
            addresses,
            credentials,
            encryption,
            replication: self.or_default(written.replication.as_ref(), &path("replication"), 3),
            owner: self.or_default_as(written.topics.as_ref(), &path("topics"), owner, |owner| owner.word().to_owned()),
            event_source: self.event_source(&written.event_source, &path("eventSource")),
            provider,
            strimzi,
        }
    }

    fn strimzi(&mut self, name: &Located<String>, written: &document::Strimzi) -> Strimzi {
        let path = |field: &str| format!("components.{}.strimzi.{field}", name.value);
        let version = |api: &StrimziApi| api.word().to_owned();
        Strimzi {
            cluster: self.or_default(written.cluster.as_ref(), &path("cluster"), "kafka-cluster".to_owned()),
            namespace: self.or_default(written.namespace.as_ref(), &path("namespace"), "kafka".to_owned()),
            api: self.or_default_as(written.api.as_ref(), &path("api"), StrimziApi::V1, version),
        }
    }

    fn addresses(
        &mut self,
        name: &Located<String>,
        written: &document::Component,
        strimzi: Option<&Strimzi>,
        encrypted: bool,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> Addresses {
        match (&written.brokers, strimzi) {
            (Some(Located { value: BrokerList::Listed(endpoints), .. }), _) => {
                Addresses::Listed(endpoints.iter().map(Fact::from).collect())
            }
            (Some(Located { value: BrokerList::Secret { key, expect }, at }), _) => {
                self.secret_reference(secrets, key, *at);
                Addresses::Secret {
                    key: Fact::written_at(key.clone(), *at),
                    expect: expect.iter().map(Fact::from).collect(),
                }
            }
            (None, Some(Strimzi { cluster, namespace, .. })) => {
                let host = format!("{}-kafka-bootstrap.{}.svc.cluster.local", cluster.value, namespace.value);
                let port = STRIMZI_PORTS[usize::from(encrypted)];
                Addresses::Listed(vec![Fact { value: Endpoint { host, port }, at: cluster.at }])
            }
            (None, None) => {
                let message = format!("`{}` does not say where its broker is", name.value);
                self.missing(name.at, message, "add `brokers: [host:port]` or `brokers: { secret: NAME/KEY }`");
                Addresses::Listed(Vec::new())
            }
        }
    }

    fn credentials(
        &mut self,
        name: &Located<String>,
        written: &document::Authentication,
        usual: Option<Sasl>,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> Option<Credentials> {
        let mut reference = |written: &Option<Located<SecretReference>>| {
            let written = written.as_ref()?;
            self.secret_reference(secrets, &written.value.0, written.at);
            Some(Fact::written_at(written.value.0.clone(), written.at))
        };
        let (username, password, mechanism) =
            (reference(&written.username), reference(&written.password), reference(&written.mechanism));
        let path = format!("components.{}.auth.sasl", name.value);
        let sasl = match (&written.sasl, usual) {
            (None, Some(usual)) => Some(self.or_default_as(None, &path, usual, |sasl| sasl.word().to_owned())),
            (written, _) => written.as_ref().map(Fact::from),
        };
        if let (Some(sasl), Some(username), Some(password)) = (sasl, username, password) {
            let user = written.user.as_ref().map(Fact::from);
            return Some(Credentials { user, sasl, username, password, mechanism });
        }
        let message = format!("`auth` of `{}` wants sasl, username and password", name.value);
        self.missing(name.at, message, "add what is missing; username and password are { secret: NAME/KEY }");
        None
    }

    fn encryption(
        &mut self,
        written: &document::Component,
        path: &str,
        authenticated: bool,
        secrets: &BTreeMap<SecretName, Secret>,
    ) -> Fact<Encryption> {
        let default = if authenticated { Tls::On { ca: None } } else { Tls::Off };
        let tls = self.or_default_as(written.tls.as_ref(), path, default, |tls| (*tls != Tls::Off).to_string());
        if let (Tls::On { ca: Some(ca) }, Some(at)) = (&tls.value, tls.at) {
            self.secret_reference(secrets, ca, at);
        }
        tls.map(|tls| match tls {
            Tls::Off => Encryption::Off,
            Tls::On { ca } => Encryption::Tls { ca },
        })
    }
}
