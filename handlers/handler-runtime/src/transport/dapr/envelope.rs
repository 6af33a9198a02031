//! What the sidecar says of a message, and the envelope of several.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What Dapr's Kafka component tells of a message: as headers of a request with one event, as metadata of an entry in bulk.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The message's key.
    pub(super) key: Option<String>,
    /// The partition.
    pub(super) partition: Option<String>,
    /// The offset in it.
    pub(super) offset: Option<String>,
    /// Which replay it is, where it is one: the message's own header.
    pub(super) replay: Option<String>,
    /// The trace that brings it: the request's own, for an event that names none.
    pub(super) traceparent: Option<String>,
    /// What tracing systems say of it beside.
    pub(super) tracestate: Option<String>,
}

/// Several messages in one request.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) entries: Vec<Entry<'a>>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<'a> {
    /// Under which it is answered.
    #[serde(rename = "entryId")]
    pub(super) id: String,
    /// The event; bytes that the sidecar was told not to read are text in base64.
    #[serde(borrow)]
    pub(super) event: &'a RawValue,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

impl Place {
    pub(super) fn of_headers(headers: &HeaderMap) -> Self {
        Self::read(|name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }

    fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            key: value("__key"),
            partition: value("__partition"),
            offset: value("__offset"),
            replay: value("portolan-replay"),
            traceparent: value("traceparent"),
            tracestate: value("tracestate"),
        }
    }
}

impl Entry<'_> {
    pub(super) fn place(&self) -> Place {
        Place::read(|name| self.metadata.as_ref()?.get(name).cloned())
    }
}

impl<'a> Envelope<'a> {
    /// The envelope, where the body is one. A single event is said to be one by its content type, or has no entries.
    pub(super) fn read(headers: &HeaderMap, body: &'a [u8]) -> Option<Self> {
        let kind = headers.get(CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase());
        if kind.is_some_and(|kind| kind.starts_with(b"application/cloudevents+json")) {
            return None;
        }
        serde_json::from_slice(body).ok()
    }
}
