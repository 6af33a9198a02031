//! decode_: what an invocation brings. Its kind is told by its shape, because one function may have several sources.

mod entry;
mod queue;
mod records;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use handler_contract::{Contract, Identity};
use handler_protocol::Delivered;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::transport::due::Envelope;
use entry::decode_entry;
pub(super) use queue::Message;
use queue::decode_queue;
use records::decode_records;

/// What an invocation brings.
#[derive(Debug)]
pub(super) enum Brought {
    /// Nothing: what the outbox holds has to leave.
    Drain,
    /// One event, from a bus or from a schedule.
    One(Delivered),
    /// Messages of a queue.
    Queue(Vec<Message>),
    /// Records of a broker, in the order of each partition.
    Records(Vec<Delivered>),
}

/// The members by which invocations are told from each other.
#[derive(Deserialize)]
struct Shape<'a> {
    portolan: Option<String>,
    #[serde(borrow, rename = "Records")]
    messages: Option<&'a RawValue>,
    #[serde(borrow)]
    records: Option<&'a RawValue>,
}

/// Reads an invocation. What is none of those that are known is handled as an event, and so it is not lost if it is none.
pub(super) fn decode_invocation(text: &str, contract: &Contract) -> Brought {
    let topics: Vec<&str> = contract.subscribes.iter().map(|subscription| subscription.topic).collect();
    let event = || Brought::One(decode_entry(text, &topics, || digest(text)));
    let Ok(shape) = serde_json::from_str::<Shape<'_>>(text) else { return event() };
    match (shape.portolan.as_deref(), shape.messages, shape.records) {
        (Some("drain"), ..) => Brought::Drain,
        (Some("job"), ..) => match serde_json::from_str::<Envelope>(text) {
            Ok(envelope) => Brought::One(Delivered::Event(envelope.into_event(contract.service))),
            Err(_) => event(),
        },
        (_, Some(messages), _) => decode_queue(messages.get(), &topics).map_or_else(event, Brought::Queue),
        (_, _, Some(records)) => decode_records(records.get()).map_or_else(event, Brought::Records),
        _ => event(),
    }
}

/// Who it is that has no id of its own: the same bytes are the same.
fn digest(text: &str) -> Identity {
    Identity { source: "lambda".to_owned(), id: STANDARD.encode(Sha256::digest(text)) }
}

#[cfg(test)]
mod tests {
    use handler_contract::{Event, JOBS, Mode, Subscription};

    use super::*;

    fn decode(text: &str) -> Brought {
        let mut contract = Contract::of("clerk", vec![Mode::Lambda]);
        contract.subscribes = vec![Subscription::to("tasks", "/events/tasks")];
        decode_invocation(text, &contract)
    }

    fn one(text: &str) -> Delivered {
        match decode(text) {
            Brought::One(delivered) => delivered,
            other => unreachable!("it is one: {other:?}"),
        }
    }

    #[test]
    fn the_outbox_is_drained_when_it_is_asked_for() {
        assert!(matches!(decode(r#"{"portolan":"drain"}"#), Brought::Drain));
    }

    #[test]
    fn a_job_is_the_event_that_it_is_everywhere() {
        let job = r#"{"name":"reminder-1","due":"2026-01-02T03:04:05Z","data":{"n":9007199254740993}}"#;
        let text = format!(r#"{{"portolan":"job","job":{job},"traceparent":"00-1-2-01"}}"#);
        let Delivered::Event(event) = one(&text) else { unreachable!("it is a job") };
        assert_eq!(event.identity, Event::due("clerk", serde_json::from_str(job).unwrap()).identity);
        assert_eq!((event.topic.as_str(), event.traceparent()), (JOBS, Some("00-1-2-01")));
        assert_eq!(event.text(), Some(r#"{"n":9007199254740993}"#));
    }

    #[test]
    fn what_nobody_knows_is_unreadable_and_the_same_at_each_repetition() {
        for text in ["7", "{}", r#"{"portolan":"job","job":7}"#, r#"{"Records":[{"s3":{}}]}"#, r#"{"records":[]}"#] {
            let (Delivered::Unreadable { identity, reason, bytes, .. }, again) = (one(text), one(text)) else {
                unreachable!("it is none: {text}")
            };
            assert_eq!((&identity, bytes), (again.identity(), text.as_bytes().to_vec()));
            assert!(reason.starts_with("no CloudEvent"), "{reason}");
        }
    }
}
