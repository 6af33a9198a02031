//! What is an event and what is not, as it comes over the wire.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use handler_contract::{Data, Event, Id};
use proptest::prelude::*;

fn read(text: &str) -> Result<Event, String> {
    Event::from_json(text.as_bytes(), "task-events").map_err(|error| error.to_string())
}

#[test]
fn a_whole_event_keeps_all_that_it_says() {
    let text = r#"{"specversion":"1.0","id":"1","source":"api-service","type":"task.created","subject":"7",
        "time":"2026-11-24T10:00:00.5Z","datacontenttype":"application/json","traceparent":"00-ab-cd-01","partitionkey":"7",
        "attempt":3,"data":{"task_id":  "7"}}"#;
    let event = read(text).unwrap();
    assert_eq!(event.identity.to_string(), "api-service#1");
    assert_eq!(event.traceparent(), Some("00-ab-cd-01"));
    assert_eq!(event.extensions["attempt"], "3");
    let Data::Json(raw) = &event.data else { unreachable!("it has data") };
    assert_eq!(raw.get(), r#"{"task_id":  "7"}"#, "the payload stays as it was written");
    let again = Event::from_json(&serde_json::to_vec(&event).unwrap(), "task-events").unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&event).unwrap());
}

/// `curl -d '{"event_id":"test-123",…}'` at Dapr's publish API: Dapr wraps what is no event.
#[test]
fn a_plain_payload_says_its_type_itself() {
    #[derive(serde::Deserialize)]
    struct Payload {
        task_id: Id,
    }
    let text = r#"{"specversion":"1.0","id":"9","source":"curl","type":"com.dapr.event.sent",
        "data":{"event_id":"test-123","event_type":"task.created","task_id":1,"user_id":1}}"#;
    let event = read(text).unwrap();
    assert_eq!(event.kind, "task.created");
    assert_eq!(event.data::<Payload>().unwrap().task_id.as_str(), "1");
    let bare = read(r#"{"specversion":"1.0","id":"9","source":"curl","type":"com.dapr.event.sent","data":7}"#);
    assert_eq!(bare.unwrap().kind, "com.dapr.event.sent");
}

#[test]
fn what_is_no_event_is_refused_with_the_reason() {
    let cases = [
        ("7", "no CloudEvent: no JSON object (line 1, column 1)"),
        (r#"{"id":"1""#, "no CloudEvent: no JSON object (line 1, column 9)"),
        (r#"{"id":"1","source":"s","type":"t"}"#, "no CloudEvent: `specversion` is missing or empty"),
        (r#"{"specversion":"0.3","id":"1","source":"s","type":"t"}"#, "no CloudEvent: `specversion` is not 1.0"),
        (r#"{"specversion":"1.0","id":"","source":"s","type":"t"}"#, "no CloudEvent: `id` is missing or empty"),
        (r#"{"specversion":"1.0","id":1,"source":"s","type":"t"}"#, "no CloudEvent: `id` is no text"),
        (
            r#"{"specversion":"1.0","id":"1","source":"s","type":"t","time":"noon"}"#,
            "no CloudEvent: `time` is no RFC 3339 timestamp",
        ),
        (
            r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":"AA=="}"#,
            "no CloudEvent: `data_base64` stands beside `data`",
        ),
        (
            r#"{"specversion":"1.0","id":"1","source":"s","type":"t","deep":{"a":1}}"#,
            "no CloudEvent: `deep` is a list or an object",
        ),
    ];
    for (text, reason) in cases {
        assert_eq!(read(text).unwrap_err(), reason, "{text}");
    }
    assert!(read(r#"{"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"}"#).is_err(), "twice");
}

#[test]
fn a_payload_of_another_shape_is_refused_without_its_value() {
    let event = read(r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"task_id":"hunter2"}}"#).unwrap();
    let error = event.data::<Vec<u8>>().unwrap_err().to_string();
    assert!(error.contains("another shape") && !error.contains("hunter2"), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_end_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Event::from_json(&bytes, "t");
    }

    #[test]
    fn what_is_written_is_read_again(id in "\\PC{1,20}", source in "\\PC{1,20}", kind in "\\PC{1,20}", name in "[a-z]{1,8}x", value in "\\PC{0,20}") {
        let mut event = read(r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":null}"#).unwrap();
        event.identity.id = id;
        event.identity.source = source;
        event.kind = kind;
        event.extensions.insert(name, value);
        let text = serde_json::to_string(&event).unwrap();
        let again = read(&text).unwrap();
        prop_assert_eq!(&again.identity, &event.identity);
        prop_assert_eq!(&again.extensions, &event.extensions);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }
}
