//! Messages of a queue: each holds an entry of a bus, or an event.

use handler_contract::Identity;
use handler_protocol::Delivered;
use serde::Deserialize;

use super::entry::decode_entry;

/// What the source of such a message is called.
const SOURCE: &str = "aws:sqs";

/// A message.
#[derive(Clone, Debug)]
pub(in super::super) struct Message {
    /// By which the queue knows it.
    pub(in super::super) id: String,
    /// What keeps its order, in a queue that keeps one.
    pub(in super::super) group: Option<String>,
    /// What it holds.
    pub(in super::super) delivered: Delivered,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    message_id: String,
    body: String,
    event_source: String,
    #[serde(rename = "eventSourceARN")]
    queue: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
struct Attributes {
    #[serde(rename = "MessageGroupId")]
    group: Option<String>,
}

/// Reads messages; nothing where they are none of a queue. A message keeps its id when it comes again.
pub(super) fn decode_queue(text: &str, topics: &[&str]) -> Option<Vec<Message>> {
    let wires: Vec<Wire> = serde_json::from_str(text).ok()?;
    let decode = |wire: Wire| {
        // A group may stand at a message of a queue that keeps no order, too.
        let group = wire.attributes.group.filter(|_| wire.queue.strip_suffix(".fifo").is_some());
        let queue = wire.queue.rsplit(':').next().unwrap_or_default();
        let identity = || Identity { source: format!("sqs:{queue}"), id: wire.message_id.clone() };
        let delivered = decode_entry(&wire.body, topics, identity);
        Message { group, delivered, id: wire.message_id }
    };
    let is_known = wires.iter().all(|wire| wire.event_source == SOURCE);
    is_known.then(|| wires.into_iter().map(decode).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(id: &str, queue: &str, body: &str) -> String {
        format!(
            r#"{{"messageId":"{id}","receiptHandle":"h","body":{body:?},"attributes":{{"MessageGroupId":"7","SentTimestamp":"1"}},
                "messageAttributes":{{}},"md5OfBody":"m","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:12:{queue}"}}"#
        )
    }

    #[test]
    fn a_message_holds_an_event_and_what_holds_none_is_known_by_its_id() {
        let event = r#"{"specversion":"1.0","id":"1","source":"s","type":"t"}"#;
        let text = format!("[{},{}]", wire("m-1", "tasks.fifo", event), wire("m-2", "tasks", "nonsense"));
        let messages = decode_queue(&text, &["tasks"]).unwrap();
        let identities: Vec<String> = messages.iter().map(|one| one.delivered.identity().to_string()).collect();
        assert_eq!(identities, ["s#1", "sqs:tasks#m-2"]);
        let groups: Vec<Option<&str>> = messages.iter().map(|message| message.group.as_deref()).collect();
        assert_eq!(groups, [Some("7"), None]);
    }

    #[test]
    fn other_records_are_none_of_a_queue() {
        assert!(decode_queue(&wire("1", "q", "").replace("aws:sqs", "aws:sns"), &[]).is_none());
        assert!(decode_queue(r#"[{"eventSource":"aws:s3"}]"#, &[]).is_none());
    }
}
