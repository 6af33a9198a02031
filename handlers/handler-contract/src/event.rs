//! An event, with the names of `CloudEvents` 1.0.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::Identity;

/// The attribute that names a replay: an event that was given up and is brought back has it.
pub const REPLAY: &str = "portolanreplay";

/// An event as it arrived. Its data stays as it was sent until [`Event::data`] is asked.
#[derive(Clone, Debug)]
pub struct Event {
    /// `source` and `id`.
    pub identity: Identity,
    /// `type`: what has happened. For a plain payload that Dapr wrapped, what the payload says in `event_type`.
    pub kind: String,
    /// `subject`: what it happened to.
    pub subject: Option<String>,
    /// `time`: when it happened, if the producer says so.
    pub time: Option<OffsetDateTime>,
    /// `datacontenttype`; `application/json` where nothing is said and the data is JSON.
    pub content_type: Option<String>,
    /// Every other attribute: `traceparent`, `partitionkey`, a producer's own.
    pub extensions: BTreeMap<String, String>,
    /// The payload.
    pub data: Data,
    /// The topic that it came from; no attribute of the event, the transport says it.
    pub topic: String,
}

/// A payload, not yet understood.
#[derive(Clone, Debug)]
pub enum Data {
    /// There is none.
    None,
    /// JSON, as it was written.
    Json(Box<RawValue>),
    /// Anything else.
    Binary(Vec<u8>),
}

/// A payload is not what its handler expects.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// There is no payload.
    #[error("the event has no data")]
    Missing,
    /// The payload is JSON of another shape, or no JSON. The message names the place and never the value.
    #[error("the event's data: {0}")]
    Shape(String),
}

impl Event {
    /// The payload as a `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        let result = match &self.data {
            Data::None => return Err(DataError::Missing),
            Data::Json(raw) => serde_json::from_str(raw.get()),
            Data::Binary(bytes) => serde_json::from_slice(bytes),
        };
        result.map_err(|error| DataError::Shape(shape(&error)))
    }

    /// The payload as text, where it is JSON: just as it was written.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Json(raw) => Some(raw.get()),
            Data::None | Data::Binary(_) => None,
        }
    }

    /// The `traceparent` extension of W3C Trace Context.
    pub fn traceparent(&self) -> Option<&str> {
        self.extensions.get("traceparent").map(String::as_str)
    }

    /// The `tracestate` extension of W3C Trace Context.
    pub fn tracestate(&self) -> Option<&str> {
        self.extensions.get("tracestate").map(String::as_str)
    }

    /// Which replay it is, where somebody brought it back from the dead letters.
    pub fn replay(&self) -> Option<&str> {
        self.extensions.get(REPLAY).map(String::as_str)
    }
}

/// Where and of what kind; `serde_json`'s own words may quote a value of the payload, which is no matter for a log.
fn shape(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "has another shape than its handler expects",
        _ => "is no JSON",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}
