use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::finding::Findings;
use crate::spec::decode::{Decode, Located, record, wrong_type};
use crate::spec::duration::Duration;
use crate::spec::node::{Kind, Node, Style};
use crate::spec::rate::Rate;
use crate::spec::size::Size;

record! {
    /// A Kafka topic.
    pub struct Topic {
        /// How many partitions; default 3. At most as many replicas of a subscriber work at once.
        "partitions" => partitions: Option<Located<u32>>,
        /// How long events are kept; default 7d.
        "retention" => retention: Option<Located<Duration>>,
        /// Whether events that cannot be handled go to `<topic>.dlq`, or to the topic named here; default true.
        "deadLetter" => dead_letter: Option<Located<DeadLetter>>,
        /// The largest event; default 1MiB. It sets the limit of every hop: topic, broker, component, sidecar.
        "maxMessage" => max_message: Option<Located<Size>>,
        /// How many events come at a busy time, as far as that is known; held against what the subscribers handle.
        "rate" => rate: Option<Located<Rate>>,
    }
}

/// Where events go that cannot be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadLetter {
    /// Nowhere: they are retried for ever.
    Off,
    /// To `<topic>.dlq`, which is created beside the topic.
    Own,
    /// To a topic of this name, which the stack declares.
    Topic(String),
}

impl Decode for DeadLetter {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        match &node.kind {
            Kind::Scalar { style: Style::Bool, .. } => {
                bool::decode(node, findings).map(|on| if on { Self::Own } else { Self::Off })
            }
            Kind::Scalar { text, style: Style::Text } => Some(Self::Topic(text.clone())),
            _ => wrong_type(node, "true, false or the name of a topic", findings),
        }
    }
}

impl JsonSchema for DeadLetter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DeadLetter".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "true, false, or the name of a declared topic.", "type": ["boolean", "string"] })
    }
}
