//! decode_: what the sidecar posts is an event, or says why it is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use handler_contract::{Event, Identity, REPLAY};
use handler_protocol::Delivered;
use sha2::{Digest, Sha256};

use super::envelope::{Entry, Place};
use crate::trace;

/// Reads an event in the JSON format. `topics` are those of the route it came by: almost always one; where there are more, the
/// sidecar's attribute `topic` tells which.
pub(super) fn decode_event(bytes: &[u8], topics: &[&str], place: Place) -> Delivered {
    let first = topics.first().copied().unwrap_or_default();
    match Event::from_json(bytes, first) {
        Ok(mut event) => {
            let told = event.extensions.get("topic").and_then(|told| topics.iter().find(|topic| *topic == told));
            if let Some(told) = told {
                event.topic = (*told).to_owned();
            }
            if let Some(key) = place.key {
                event.extensions.entry("partitionkey".to_owned()).or_insert(key);
            }
            if event.traceparent().is_none() {
                event.extensions.extend(trace::attributes(place.traceparent, place.tracestate));
            }
            if let Some(replay) = place.replay {
                event.extensions.insert(REPLAY.to_owned(), replay);
            }
            Delivered::Event(event)
        }
        Err(error) => Delivered::Unreadable {
            identity: identity(bytes, first, &place),
            topic: first.to_owned(),
            key: place.key.unwrap_or_else(|| first.to_owned()),
            reason: error.to_string(),
            bytes: bytes.to_vec(),
        },
    }
}

/// Reads an entry of a bulk request.
pub(super) fn decode_entry(entry: &Entry<'_>, topics: &[&str]) -> Delivered {
    let raw = serde_json::from_str::<String>(entry.event.get()).ok().and_then(|text| STANDARD.decode(text).ok());
    match raw {
        Some(bytes) => decode_event(&bytes, topics, entry.place()),
        None => decode_event(entry.event.get().as_bytes(), topics, entry.place()),
    }
}

/// Where a message stands, as a consumer of its own would name it; a digest of the bytes where nobody says.
fn identity(bytes: &[u8], topic: &str, place: &Place) -> Identity {
    match place {
        Place { partition: Some(partition), offset: Some(offset), .. } => {
            Identity { source: format!("kafka:{topic}/{partition}"), id: offset.clone() }
        }
        _ => Identity { source: format!("dapr:{topic}"), id: STANDARD.encode(Sha256::digest(bytes)) },
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::super::envelope::Envelope;
    use super::*;

    fn entries(body: &str) -> Vec<Delivered> {
        let envelope = Envelope::read(&HeaderMap::new(), body.as_bytes()).unwrap();
        envelope.entries.iter().map(|entry| decode_entry(entry, &["tasks"])).collect()
    }

    #[test]
    fn an_entry_has_its_key_and_its_numbers() {
        let body = r#"{"type":"com.dapr.event.bulk","topic":"tasks","entries":[{"entryId":"0","contentType":"application/cloudevents+json",
            "metadata":{"__key":"7","__partition":"2","__offset":"41"},
            "event":{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"n":9007199254740993}}}]}"#;
        let [Delivered::Event(event)] = &entries(body)[..] else { unreachable!("it is an event") };
        assert_eq!((event.topic.as_str(), event.extensions["partitionkey"].as_str()), ("tasks", "7"));
        assert_eq!(event.text(), Some(r#"{"n":9007199254740993}"#));
    }

    #[test]
    fn what_is_no_event_is_known_by_its_place_and_without_one_by_its_bytes() {
        let body = r#"{"entries":[
            {"entryId":"0","event":{"a":1},"metadata":{"__key":"7","__partition":"2","__offset":"41"}},
            {"entryId":"1","event":"bm9uc2Vuc2U="},
            {"entryId":"2","event":"bm9uc2Vuc2U="}]}"#;
        let found: Vec<(String, &[u8])> = entries(body)
            .iter()
            .map(|delivered| match delivered {
                Delivered::Unreadable { identity, bytes, .. } => (identity.to_string(), bytes.clone().leak() as &[u8]),
                Delivered::Event(_) => unreachable!("it is none"),
            })
            .collect();
        assert_eq!(found[0], ("kafka:tasks/2#41".to_owned(), &br#"{"a":1}"#[..]));
        assert_eq!(found[1].1, b"nonsense");
        assert!(found[1].0.starts_with("dapr:tasks#"), "{found:?}");
        assert_eq!(found[1], found[2]);
    }

    #[test]
    fn the_topic_is_one_of_the_route_s() {
        let event =
            |topic: &str| format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"t","topic":"{topic}"}}"#);
        for (told, expected) in [("second", "second"), ("elsewhere", "first")] {
            let delivered = decode_event(event(told).as_bytes(), &["first", "second"], Place::default());
            assert_eq!(delivered.topic(), expected);
        }
    }

    #[test]
    fn one_event_is_no_envelope() {
        let event = br#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"entries":[]}}"#;
        assert!(Envelope::read(&HeaderMap::new(), event).is_none());
    }
}
