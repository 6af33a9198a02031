//! decode_: a record of Kafka is an event, or says why it is none, whoever has read it from the broker.

use std::collections::BTreeMap;

use handler_contract::{Data, Event, Identity, REPLAY};
use handler_protocol::Delivered;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::trace;

/// What a dead letter has that `portolan dlq replay` brings back: the message itself stays as it was.
const REPLAY_HEADER: &str = "portolan-replay";

/// A record, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) topic: &'a str,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) payload: Option<&'a [u8]>,
    /// By their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
}

/// Reads a record in binary mode where it has `ce_` headers, else in structured mode.
pub(crate) fn decode_record(record: &Record<'_>) -> Delivered {
    let key = record.key.map(|key| String::from_utf8_lossy(key).into_owned());
    let event = if record.headers.contains_key("ce_specversion") {
        binary(record)
    } else {
        let payload = record.payload.ok_or_else(|| "no CloudEvent: the message has no value".to_owned());
        payload.and_then(|bytes| Event::from_json(bytes, record.topic).map_err(|error| error.to_string()))
    };
    match event {
        Ok(mut event) => {
            if let Some(key) = key {
                event.extensions.entry("partitionkey".to_owned()).or_insert(key);
            }
            // A client that knows nothing of CloudEvents tells its trace in headers of its own.
            if event.traceparent().is_none() {
                let told = |name| record.headers.get(name).cloned();
                event.extensions.extend(trace::attributes(told("traceparent"), told("tracestate")));
            }
            if let Some(replay) = record.headers.get(REPLAY_HEADER) {
                event.extensions.insert(REPLAY.to_owned(), replay.clone());
            }
            Delivered::Event(event)
        }
        Err(reason) => Delivered::Unreadable {
            identity: record.place(),
            key: key.unwrap_or_else(|| format!("{}/{}", record.topic, record.partition)),
            topic: record.topic.to_owned(),
            reason,
            bytes: record.payload.unwrap_or_default().to_vec(),
        },
    }
}

impl Record<'_> {
    /// Where it stands, for what has no id of its own.
    fn place(&self) -> Identity {
        Identity { source: format!("kafka:{}/{}", self.topic, self.partition), id: self.offset.to_string() }
    }
}

fn binary(record: &Record<'_>) -> Result<Event, String> {
    let headers = &record.headers;
    let attribute = |name: &str| headers.get(&format!("ce_{name}")).filter(|value| !value.is_empty()).cloned();
    let required = |name: &str| attribute(name).ok_or_else(|| format!("no CloudEvent: `{name}` is missing or empty"));
    if required("specversion")? != "1.0" {
        return Err("no CloudEvent: `specversion` is not 1.0".to_owned());
    }
    let time = attribute("time").map(|time| OffsetDateTime::parse(&time, &Rfc3339)).transpose();
    let content_type = headers.get("content-type").cloned();
    let known = ["specversion", "id", "source", "type", "subject", "time", "dataschema"];
    let extensions = headers.iter().filter_map(|(name, value)| Some((name.strip_prefix("ce_")?, value)));
    Ok(Event {
        identity: Identity { source: required("source")?, id: required("id")? },
        kind: required("type")?,
        subject: attribute("subject"),
        time: time.map_err(|_| "no CloudEvent: `time` is no RFC 3339 timestamp".to_owned())?,
        extensions: extensions
            .filter(|(name, _)| !known.contains(name))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect(),
        data: payload(record.payload, content_type.as_deref()),
        content_type,
        topic: record.topic.to_owned(),
    })
}

/// JSON stays as it was written where it is said to be JSON, and is.
fn payload(bytes: Option<&[u8]>, content_type: Option<&str>) -> Data {
    let Some(bytes) = bytes else { return Data::None };
    let json = content_type.is_none_or(|kind| kind.contains("json"));
    let raw = json.then(|| serde_json::from_slice(bytes).ok()).flatten();
    raw.map_or_else(|| Data::Binary(bytes.to_vec()), Data::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record<'a>(payload: Option<&'a [u8]>, headers: &[(&str, &str)]) -> Record<'a> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Record { topic: "tasks", partition: 2, offset: 41, key: Some(b"7"), payload, headers }
    }

    #[test]
    fn binary_mode_has_its_attributes_in_headers() {
        let headers = [
            ("ce_specversion", "1.0"),
            ("ce_id", "1"),
            ("ce_source", "s"),
            ("ce_type", "task.created"),
            ("ce_traceparent", "00-ab"),
            ("traceparent", "00-cd"),
            ("content-type", "application/json"),
        ];
        let Delivered::Event(event) = decode_record(&record(Some(br#"{"a": 1}"#), &headers)) else {
            unreachable!("it is an event")
        };
        assert_eq!((event.kind.as_str(), event.traceparent()), ("task.created", Some("00-ab")));
        assert_eq!(event.extensions["partitionkey"], "7");
        assert!(matches!(event.data, Data::Json(raw) if raw.get() == r#"{"a": 1}"#));
    }

    #[test]
    fn an_event_that_names_no_trace_is_of_the_one_in_the_headers() {
        let headers = [("traceparent", "00-ab"), ("tracestate", "a=b")];
        let bytes = br#"{"specversion":"1.0","id":"1","source":"s","type":"t"}"#;
        let Delivered::Event(event) = decode_record(&record(Some(bytes), &headers)) else {
            unreachable!("it is an event")
        };
        assert_eq!((event.traceparent(), event.tracestate()), (Some("00-ab"), Some("a=b")));
    }

    #[test]
    fn what_is_no_event_is_known_by_its_place() {
        for (payload, headers) in [
            (None, vec![]),
            (Some(&b"\xff"[..]), vec![]),
            (Some(&b"{}"[..]), vec![("ce_specversion", "1.0"), ("ce_id", "1")]),
        ] {
            let Delivered::Unreadable { identity, reason, .. } = decode_record(&record(payload, &headers)) else {
                unreachable!("it is none")
            };
            assert_eq!(identity.to_string(), "kafka:tasks/2#41");
            assert!(reason.starts_with("no CloudEvent: "), "{reason}");
        }
    }
}
