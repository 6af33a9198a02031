//! Records that Lambda has read from a Kafka broker.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use handler_protocol::Delivered;
use serde::Deserialize;

use crate::transport::record::{Record, decode_record};

#[derive(Deserialize)]
struct Wire {
    topic: String,
    partition: i32,
    offset: i64,
    key: Option<String>,
    value: Option<String>,
    #[serde(default)]
    headers: Vec<BTreeMap<String, Vec<i16>>>,
}

/// Reads records, which stand by topic and partition; nothing where they are none of a broker.
pub(super) fn decode_records(text: &str) -> Option<Vec<Delivered>> {
    let places: BTreeMap<String, Vec<Wire>> = serde_json::from_str(text).ok()?;
    Some(places.into_values().flatten().map(decode).collect())
}

fn decode(wire: Wire) -> Delivered {
    let (key, payload) = (wire.key.map(bytes), wire.value.map(bytes));
    let headers = wire.headers.into_iter().flatten();
    decode_record(&Record {
        topic: &wire.topic,
        partition: wire.partition,
        offset: wire.offset,
        key: key.as_deref(),
        payload: payload.as_deref(),
        headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), text(&value))).collect(),
    })
}

/// What is not encoded stays as it is, so that it can be looked at.
fn bytes(text: String) -> Vec<u8> {
    STANDARD.decode(&text).unwrap_or_else(|_| text.into_bytes())
}

/// A header's bytes are numbers, and those past 127 are negative.
fn text(numbers: &[i16]) -> String {
    let bytes: Vec<u8> = numbers.iter().map(|number| number.to_le_bytes()[0]).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(offset: i64, value: &str, headers: &str) -> String {
        let value = STANDARD.encode(value);
        format!(
            r#"{{"topic":"tasks","partition":2,"offset":{offset},"timestamp":1,"timestampType":"CREATE_TIME",
                "key":"Nw==","value":"{value}","headers":{headers}}}"#
        )
    }

    #[test]
    fn records_are_what_a_consumer_of_its_own_reads() {
        let structured = r#"{"specversion":"1.0","id":"1","source":"s","type":"t"}"#;
        let header = |name: &str, value: &str| format!(r#"{{"{name}":{:?}}}"#, value.as_bytes());
        let binary = [("ce_specversion", "1.0"), ("ce_id", "2"), ("ce_source", "s"), ("CE_type", "t")];
        let mut binary: Vec<String> = binary.map(|(name, value)| header(name, value)).into();
        binary.push(r#"{"ce_subject":[-61,-92]}"#.to_owned());
        let text = format!(
            r#"{{"tasks-2":[{},{},{}]}}"#,
            record(41, structured, "[]"),
            record(42, "{}", &format!("[{}]", binary.join(","))),
            record(43, "nonsense", &format!("[{}]", header("portolan-replay", "1")))
        );
        let records = decode_records(&text).unwrap();
        let identities: Vec<String> = records.iter().map(|one| one.identity().to_string()).collect();
        assert_eq!(identities, ["s#1", "s#2", "kafka:tasks/2#43"]);
        let Delivered::Event(event) = &records[1] else { unreachable!("it is an event") };
        assert_eq!((event.subject.as_deref(), event.extensions["partitionkey"].as_str()), (Some("ä"), "7"));
    }

    #[test]
    fn a_record_may_have_neither_key_nor_value() {
        let text = r#"{"tasks-0":[{"topic":"tasks","partition":0,"offset":0,"key":null,"value":null}]}"#;
        let Some([Delivered::Unreadable { reason, .. }]) = decode_records(text).as_deref().map(|one| [one[0].clone()])
        else {
            unreachable!("it is none")
        };
        assert!(reason.contains("no value"), "{reason}");
    }
}
