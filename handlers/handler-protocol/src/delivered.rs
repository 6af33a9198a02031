//! One entry of a batch.

use handler_contract::{Event, Identity};

/// What a transport hands over.
#[derive(Clone, Debug)]
pub enum Delivered {
    /// An event.
    Event(Event),
    /// Bytes that are none. They can never be handled, so they go to the dead-letter topic at once.
    Unreadable {
        /// Where they were found, as the transport can say it again at a repetition: topic and partition, and the offset.
        identity: Identity,
        /// The topic.
        topic: String,
        /// The message's key, where the transport has one.
        key: String,
        /// Why they are no event.
        reason: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

impl Delivered {
    /// Who it is.
    pub fn identity(&self) -> &Identity {
        match self {
            Self::Event(event) => &event.identity,
            Self::Unreadable { identity, .. } => identity,
        }
    }

    /// The topic that it came from.
    pub fn topic(&self) -> &str {
        match self {
            Self::Event(event) => &event.topic,
            Self::Unreadable { topic, .. } => topic,
        }
    }
}
