use super::{AppId, Fact};
use crate::source::Span;
use crate::spec::document::Renegotiation;
use crate::spec::{SecretKey, Setting};

/// A service that is not deployed from here.
#[derive(Debug, Clone)]
pub struct External {
    /// Where it is declared.
    pub at: Span,
    /// How it is reached.
    pub target: ExternalTarget,
    /// Its trust domain, where it invokes.
    pub trust_domain: Fact<String>,
    /// Headers of every request to its address.
    pub headers: Vec<(String, Fact<Setting>)>,
    /// TLS of the connection to its address, where the spec says more than the address.
    pub tls: Option<ClientTls>,
    /// The apps that may use its address, where the spec lists them.
    pub scopes: Option<Vec<Fact<AppId>>>,
}

/// How an external service is reached.
#[derive(Debug, Clone)]
pub enum ExternalTarget {
    /// By its Dapr app-id.
    App(Fact<String>),
    /// At an address, through an HTTPEndpoint.
    Url(Fact<String>),
}

/// TLS of a client.
#[derive(Debug, Clone)]
pub struct ClientTls {
    /// The certificate of an authority.
    pub ca: Option<Fact<SecretKey>>,
    /// The client's certificate.
    pub certificate: Option<Fact<SecretKey>>,
    /// The client's private key.
    pub key: Option<Fact<SecretKey>>,
    /// Whether the other side may ask for a new handshake.
    pub renegotiation: Option<Fact<Renegotiation>>,
}

impl External {
    /// The TCP port behind its address; none for a Dapr app, which is reached through the sidecar.
    pub fn port(&self) -> Option<u16> {
        let ExternalTarget::Url(url) = &self.target else { return None };
        port_of(&url.value)
    }

    /// The secret keys that its HTTPEndpoint refers to.
    pub fn keys(&self) -> impl Iterator<Item = &SecretKey> {
        let headers = self.headers.iter().filter_map(|(_, value)| match &value.value {
            Setting::Secret(key) => Some(key),
            Setting::Plain(_) => None,
        });
        let tls = self.tls.iter().flat_map(|tls| [&tls.ca, &tls.certificate, &tls.key]).flatten();
        headers.chain(tls.map(|key| &key.value))
    }
}

/// The TCP port of an address, where it is one.
pub(super) fn port_of(url: &str) -> Option<u16> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let written = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    written.or(if scheme == "http" { Some(80) } else { Some(443) })
}
