//! How a letter is brought back: the message as it came, to the topic that it came from.

use std::time::Duration;

use krafka::Record;
use serde_json::Value;
use uuid::Uuid;

use super::{Letter, Queue};

/// How long a handler's inbox remembers what it has handled (`handler-runtime`, `running.rs`).
pub const INBOX_MEMORY: Duration = Duration::from_hours(14 * 24);

/// By which a handler knows a replay. It is the letter's place, so that a replay that is repeated is the same one.
const REPLAY: &str = "portolan-replay";

/// Under which id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its own: who has handled it does nothing.
    SameId,
    /// A new one, that follows from the letter's place: to every handler it is another event.
    NewId,
}

/// The message that a letter becomes; none where nobody says where it came from.
pub(super) fn message(letter: &Letter, queue: &Queue, partitions: i32, how: How) -> Option<Record> {
    let origin = letter.origin.as_deref()?;
    let mut headers: Vec<(String, Option<Vec<u8>>)> =
        letter.headers.iter().filter(|(name, _)| !name.starts_with("portolan-")).cloned().collect();
    // The runtime's dead letter is the event in the JSON format, whatever form it had.
    if letter.event.structured && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), Some(b"application/cloudevents+json".to_vec())));
    }
    let mut payload = letter.payload.clone();
    if how == How::NewId {
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("portolan-replay:{}", letter.place).as_bytes()).to_string();
        if letter.event.structured {
            payload = payload.map(|payload| with_id(&payload, &id));
        } else if let Some((_, value)) = headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("ce_id")) {
            *value = Some(id.into_bytes());
        }
    }
    let mut record = match payload {
        Some(payload) => Record::new(origin, payload),
        None => Record::new(origin, Vec::new()).without_value(),
    };
    for (name, value) in headers {
        record = match value {
            Some(value) => record.header(name, value),
            None => record.null_header(name),
        };
    }
    record = record.header(REPLAY, letter.place.to_string());
    // A sidecar's dead letter has no key; the event may have kept it.
    let key = letter.key.clone().or_else(|| letter.event.key.clone().map(String::into_bytes));
    Some(match key {
        Some(key) => record.partition(queue.spread(origin).partition(&key, partitions)).key(key),
        None => record,
    })
}

/// The event under another id; all else stays as it is written, numbers among it.
fn with_id(payload: &[u8], id: &str) -> Vec<u8> {
    let Ok(mut members) = serde_json::from_slice::<Members>(payload) else { return payload.to_vec() };
    for (name, value) in &mut members.0 {
        if name == "id"
            && let Ok(raw) = serde_json::value::to_raw_value(&Value::String(id.to_owned()))
        {
            *value = raw;
        }
    }
    serde_json::to_vec(&members).unwrap_or_else(|_| payload.to_vec())
}

/// A JSON object whose values stay text.
struct Members(Vec<(String, Box<serde_json::value::RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl serde::Serialize for Members {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_id_changes_nothing_else() {
        let event = br#"{"id":"1","n":9007199254740993,"data":{"id":"1","x":1.0e2},"type":"t"}"#;
        let changed = String::from_utf8(with_id(event, "2")).unwrap();
        assert_eq!(changed, r#"{"id":"2","n":9007199254740993,"data":{"id":"1","x":1.0e2},"type":"t"}"#);
        assert_eq!(with_id(b"nonsense", "2"), b"nonsense");
    }

    #[test]
    fn the_memory_is_the_runtime_s() {
        let runtime = include_str!("../../../../handlers/handler-runtime/src/running.rs");
        assert!(runtime.contains("const MEMORY: Duration = Duration::from_hours(14 * 24);"));
    }
}
