//! An entry of a bus, which holds the event, or the event itself where the rule hands over nothing else.

use handler_contract::{Event, Identity};
use handler_protocol::Delivered;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The extension that tells an event's topic: a bus has none.
const TOPIC: &str = "topic";

/// An entry, as a rule hands it over.
#[derive(Deserialize)]
struct Entry<'a> {
    id: String,
    source: String,
    #[serde(borrow)]
    detail: &'a RawValue,
    #[serde(rename = "detail-type")]
    _kind: String,
}

/// Reads an event. `otherwise` is who it is where neither the bus nor the event says.
pub(super) fn decode_entry(text: &str, topics: &[&str], otherwise: impl FnOnce() -> Identity) -> Delivered {
    let entry = serde_json::from_str::<Entry<'_>>(text).ok();
    let event = entry.as_ref().map_or(text, |entry| entry.detail.get());
    let reason = match decode_event(event, topics) {
        Ok(event) => return Delivered::Event(event),
        Err(reason) => reason,
    };
    let identity = entry.map(|Entry { id, source, .. }| Identity { source: format!("eventbridge:{source}"), id });
    let topic = topics.first().copied().unwrap_or_default().to_owned();
    let key = topic.clone();
    let bytes = event.as_bytes().to_vec();
    Delivered::Unreadable { identity: identity.unwrap_or_else(otherwise), topic, key, reason, bytes }
}

/// One that tells no topic is of the only topic that the function handles.
fn decode_event(text: &str, topics: &[&str]) -> Result<Event, String> {
    let mut event = Event::from_json(text.as_bytes(), "").map_err(|error| error.to_string())?;
    event.topic = match (event.extensions.get(TOPIC), topics) {
        (Some(topic), _) => topic.clone(),
        (None, [topic]) => (*topic).to_owned(),
        (None, _) => return Err("the event tells no `topic`, and the function handles several".to_owned()),
    };
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str, topics: &[&str]) -> Delivered {
        decode_entry(text, topics, || Identity { source: "else".to_owned(), id: "1".to_owned() })
    }

    fn entry(detail: &str) -> String {
        format!(
            r#"{{"version":"0","id":"e-1","detail-type":"task.created","source":"api-service","account":"12",
                "time":"2026-01-02T03:04:05Z","region":"eu-west-1","resources":[],"detail":{detail}}}"#
        )
    }

    const EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"api-service","type":"task.created","topic":"tasks",
        "partitionkey":"7","traceparent":"00-1-2-01","data":{"n":9007199254740993}}"#;

    #[test]
    fn an_entry_holds_the_event_as_it_was_published() {
        for text in [entry(EVENT), EVENT.to_owned()] {
            let Delivered::Event(event) = decode(&text, &["reminders", "tasks"]) else {
                unreachable!("it is an event")
            };
            assert_eq!((event.identity.to_string().as_str(), event.topic.as_str()), ("api-service#1", "tasks"));
            assert_eq!((event.text(), event.traceparent()), (Some(r#"{"n":9007199254740993}"#), Some("00-1-2-01")));
        }
    }

    #[test]
    fn without_a_topic_it_is_of_the_only_one() {
        let event = EVENT.replace(r#""topic":"tasks","#, "");
        assert_eq!(decode(&event, &["tasks"]).topic(), "tasks");
        assert!(matches!(decode(&event, &["reminders", "tasks"]), Delivered::Unreadable { .. }));
    }

    #[test]
    fn what_is_no_event_is_known_by_its_entry() {
        let delivered = decode(&entry(r#"{"topic":"tasks","an":"object"}"#), &["tasks"]);
        let Delivered::Unreadable { identity, bytes, .. } = delivered else { unreachable!("it is none") };
        assert_eq!(identity.to_string(), "eventbridge:api-service#e-1");
        assert_eq!(bytes, br#"{"topic":"tasks","an":"object"}"#);
        assert_eq!(decode("nonsense", &["tasks"]).identity().to_string(), "else#1");
    }
}
