use super::{Fact, port_of};
use crate::spec::document::OtlpProtocol;
use crate::spec::{Duration, Endpoint, Percent, SecretKey, Setting};

/// Where traces go.
#[derive(Debug, Clone)]
pub struct Tracing {
    /// The OTLP receiver.
    pub otlp: Option<Otlp>,
    /// The address of a Zipkin receiver.
    pub zipkin: Option<Fact<String>>,
    /// Whether sidecars write them into their logs.
    pub stdout: Option<Fact<bool>>,
    /// How many are kept.
    pub sampling: Fact<Percent>,
}

/// An OTLP receiver.
#[derive(Debug, Clone)]
pub struct Otlp {
    /// Where it listens.
    pub address: Fact<Endpoint>,
    /// What it speaks.
    pub protocol: Fact<OtlpProtocol>,
    /// Whether the connection is encrypted.
    pub secure: Fact<bool>,
    /// Headers of every request.
    pub headers: Vec<(String, Fact<Setting>)>,
    /// How long a request may take.
    pub timeout: Option<Fact<Duration>>,
}

impl Tracing {
    /// The TCP ports of the receivers.
    pub fn ports(&self) -> impl Iterator<Item = u16> {
        let otlp = self.otlp.as_ref().map(|otlp| otlp.address.value.port);
        otlp.into_iter().chain(self.zipkin.as_ref().and_then(|url| port_of(&url.value)))
    }

    /// Headers of every request.
    pub fn headers(&self) -> &[(String, Fact<Setting>)] {
        self.otlp.as_ref().map_or(&[], |otlp| &otlp.headers)
    }

    /// The secret keys that the headers refer to.
    pub fn keys(&self) -> impl Iterator<Item = &SecretKey> {
        self.headers().iter().filter_map(|(_, value)| match &value.value {
            Setting::Secret(key) => Some(key),
            Setting::Plain(_) => None,
        })
    }
}
