//! Events in the structured mode of `CloudEvents`' JSON format.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Data, Event, Identity};

/// The type that Dapr gives to a payload which was published without one.
pub const DAPR_EVENT_SENT: &str = "com.dapr.event.sent";

/// Bytes are no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// They are no JSON object.
    #[error("no CloudEvent: no JSON object (line {line}, column {column})")]
    NoObject {
        /// From one.
        line: usize,
        /// From one.
        column: usize,
    },
    /// An attribute that every event has is not there.
    #[error("no CloudEvent: `{0}` is missing or empty")]
    Missing(&'static str),
    /// An attribute is not what it has to be.
    #[error("no CloudEvent: `{attribute}` {problem}")]
    Wrong {
        /// The attribute.
        attribute: String,
        /// What is wrong, without the value.
        problem: &'static str,
    },
}

impl Event {
    /// Reads an event from the JSON format, as it came over a topic.
    pub fn from_json(bytes: &[u8], topic: &str) -> Result<Self, EventError> {
        let parts: Parts = serde_json::from_slice(bytes)
            .map_err(|error| EventError::NoObject { line: error.line(), column: error.column() })?;
        parts.into_event(topic)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("specversion", "1.0")?;
        map.serialize_entry("id", &self.identity.id)?;
        map.serialize_entry("source", &self.identity.source)?;
        map.serialize_entry("type", &self.kind)?;
        if let Some(subject) = &self.subject {
            map.serialize_entry("subject", subject)?;
        }
        if let Some(time) = self.time.and_then(|time| time.format(&Rfc3339).ok()) {
            map.serialize_entry("time", &time)?;
        }
        if let Some(content_type) = &self.content_type {
            map.serialize_entry("datacontenttype", content_type)?;
        }
        for (name, value) in &self.extensions {
            map.serialize_entry(name, value)?;
        }
        match &self.data {
            Data::None => {}
            Data::Json(raw) => map.serialize_entry("data", raw)?,
            Data::Binary(bytes) => map.serialize_entry("data_base64", &STANDARD.encode(bytes))?,
        }
        map.end()
    }
}

/// The members of the object, before it is known whether they make an event.
#[derive(Default)]
struct Parts {
    attributes: BTreeMap<String, Value>,
    data: Option<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PartsVisitor)
    }
}

struct PartsVisitor;

impl<'de> Visitor<'de> for PartsVisitor {
    type Value = Parts;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a CloudEvent")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
        let mut parts = Parts::default();
        while let Some(name) = map.next_key::<String>()? {
            if parts.attributes.contains_key(&name) || (name == "data" && parts.data.is_some()) {
                map.next_value::<IgnoredAny>()?;
                return Err(A::Error::custom("a member stands twice"));
            }
            if name == "data" {
                parts.data = Some(map.next_value()?);
            } else {
                parts.attributes.insert(name, map.next_value()?);
            }
        }
        Ok(parts)
    }
}

impl Parts {
    fn into_event(mut self, topic: &str) -> Result<Event, EventError> {
        match self.optional("specversion")?.as_deref() {
            Some("1.0") => {}
            Some(_) => return Err(wrong("specversion", "is not 1.0")),
            None => return Err(EventError::Missing("specversion")),
        }
        let identity = Identity { source: self.required("source")?, id: self.required("id")? };
        let kind = self.required("type")?;
        let time = match self.optional("time")? {
            Some(text) => {
                Some(OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| wrong("time", "is no RFC 3339 timestamp"))?)
            }
            None => None,
        };
        let subject = self.optional("subject")?;
        let content_type = self.optional("datacontenttype")?;
        let data = self.payload()?;
        let kind = if kind == DAPR_EVENT_SENT { kind_in(&data).unwrap_or(kind) } else { kind };
        let extensions = self.extensions()?;
        Ok(Event { identity, kind, subject, time, content_type, extensions, data, topic: topic.to_owned() })
    }

    fn optional(&mut self, name: &str) -> Result<Option<String>, EventError> {
        match self.attributes.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(name, "is no text")),
        }
    }

    fn required(&mut self, name: &'static str) -> Result<String, EventError> {
        self.optional(name)?.filter(|text| !text.is_empty()).ok_or(EventError::Missing(name))
    }

    fn payload(&mut self) -> Result<Data, EventError> {
        let binary = self.optional("data_base64")?;
        match (self.data.take(), binary) {
            (Some(_), Some(_)) => Err(wrong("data_base64", "stands beside `data`")),
            (Some(raw), None) => Ok(Data::Json(raw)),
            (None, Some(text)) => {
                let bytes = STANDARD.decode(text).map_err(|_| wrong("data_base64", "is no base64"))?;
                Ok(Data::Binary(bytes))
            }
            (None, None) => Ok(Data::None),
        }
    }

    /// What is left are extensions; the format knows them as text, whole numbers and booleans.
    fn extensions(self) -> Result<BTreeMap<String, String>, EventError> {
        let mut extensions = BTreeMap::new();
        for (name, value) in self.attributes {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Bool(is) => is.to_string(),
                Value::Number(number) => number.to_string(),
                Value::Array(_) | Value::Object(_) => return Err(wrong(&name, "is a list or an object")),
            };
            extensions.insert(name, text);
        }
        Ok(extensions)
    }
}

fn wrong(attribute: &str, problem: &'static str) -> EventError {
    EventError::Wrong { attribute: attribute.chars().take(64).collect(), problem }
}

/// The type that a plain payload gives itself.
fn kind_in(data: &Data) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Plain {
        event_type: String,
    }
    let Data::Json(raw) = data else { return None };
    let plain: Plain = serde_json::from_str(raw.get()).ok()?;
    Some(plain.event_type).filter(|kind| !kind.is_empty())
}
