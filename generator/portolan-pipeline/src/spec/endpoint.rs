//! `host:port`.

use std::fmt;

use super::decode::{Decode, FromText, decode_text};
use super::node::Node;
use crate::finding::Findings;

/// A host name or address, and a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// Host name or IPv4 address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl FromText for Endpoint {
    const WANTED: &'static str = "host:port";

    fn from_text(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host_letters = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let port = port.parse().ok().filter(|port| *port > 0)?;
        (!host.is_empty() && host.chars().all(host_letters)).then(|| Self { host: host.to_owned(), port })
    }
}

impl Decode for Endpoint {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        decode_text(node, findings)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

super::schemas::text_schema!(Endpoint, "Endpoint", "host:port.", r"^[A-Za-z0-9._-]+:[0-9]{1,5}$");
