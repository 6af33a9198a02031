//! What leaves the service: one row of the outbox.

use handler_contract::{Invoke, Job, Mail};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One row of the outbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outgoing {
    /// The id under which the receiver recognises a repetition.
    pub id: String,
    /// What keeps it in order: rows of one key leave in the order in which they were stored.
    pub key: String,
    /// The W3C trace context of what caused it.
    pub traceparent: Option<String>,
    /// What tracing systems say of it beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
    /// What leaves.
    pub what: What,
}

/// What leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", content = "with", rename_all = "kebab-case")]
pub enum What {
    /// An event.
    Publish {
        /// The topic.
        topic: String,
        /// `type`.
        kind: String,
        /// `subject`.
        subject: Option<String>,
        /// The payload.
        data: Box<RawValue>,
    },
    /// What could not be handled.
    DeadLetter(DeadLetter),
    /// A job is scheduled.
    Schedule(Job),
    /// A job is cancelled.
    Cancel {
        /// Its name.
        job: String,
    },
    /// A service is invoked.
    Invoke(Invoke),
    /// A mail is sent.
    Mail(Mail),
}

/// What could not be handled, with all that helps to mend and replay it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The topic that it came from; it goes to `<topic>.dlq`.
    pub topic: String,
    /// The handler that gave up.
    pub handler: String,
    /// Why.
    pub reason: String,
    /// After so many attempts.
    pub attempts: u32,
    /// The message as it came: the event in the JSON format, or the bytes that are none.
    #[serde(with = "bytes")]
    pub message: Vec<u8>,
}

/// Bytes as text where they are text, as numbers where they are not.
mod bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Form<T, B> {
        Text(T),
        Bytes(B),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => Form::<_, &[u8]>::Text(text),
            _ => Form::Bytes(bytes),
        }
        .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Form::<String, Vec<u8>>::deserialize(deserializer)? {
            Form::Text(text) => text.into_bytes(),
            Form::Bytes(bytes) => bytes,
        })
    }
}
