//! acknowledge_: what Lambda is answered, which hands it on to where the events came from.

use std::collections::BTreeSet;
use std::time::Duration;

use handler_protocol::Verdict;
use lambda_runtime::Diagnostic;
use serde::Serialize;

use super::decode::Message;
use crate::perform::Unavailable;

/// An answer that ends the invocation well.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    /// All is handled. How many rows wait in the outbox.
    Handled {
        /// How many.
        left: Option<i64>,
    },
    /// Messages of a queue that have to come again.
    #[serde(rename_all = "camelCase")]
    Failures {
        /// Which.
        batch_item_failures: Vec<Failure>,
    },
}

/// A message that has to come again.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    item_identifier: String,
}

/// An answer that has Lambda bring the same again.
#[derive(Debug)]
pub(super) struct ComesAgain {
    reason: String,
    /// The least wait.
    pub(super) after: Duration,
}

impl From<ComesAgain> for Diagnostic {
    fn from(again: ComesAgain) -> Self {
        Self { error_type: "portolan.ComesAgain".to_owned(), error_message: again.reason }
    }
}

impl From<Unavailable> for ComesAgain {
    fn from(error: Unavailable) -> Self {
        Self { reason: error.to_string(), after: Duration::ZERO }
    }
}

impl ComesAgain {
    /// Nothing is taken any more.
    pub(super) fn leaving() -> Self {
        Self { reason: "the process is leaving".to_owned(), after: Duration::ZERO }
    }
}

/// Of what came together without an answer for each: all of it, or it comes again as a whole, and what was handled is known then.
pub(super) fn acknowledge_all(verdicts: &[Verdict]) -> Result<(), ComesAgain> {
    let waits = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Retry { after, .. } | Verdict::Held { after } => Some(*after),
        _ => None,
    });
    let waits: Vec<Duration> = waits.collect();
    let Some(after) = waits.iter().min() else { return Ok(()) };
    let reason = verdicts.iter().find_map(|verdict| match verdict {
        Verdict::Retry { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    let (count, of) = (waits.len(), verdicts.len());
    Err(ComesAgain {
        reason: format!("{count} of {of} come again: {}", reason.unwrap_or("they wait for each other")),
        after: *after,
    })
}

/// Of each message by its id. In a queue that keeps an order nothing of a group is done after one of it that was not.
pub(super) fn acknowledge_messages(messages: &[Message], verdicts: &[Verdict]) -> Answer {
    let mut held = BTreeSet::new();
    let mut failures = Vec::new();
    for (place, message) in messages.iter().enumerate() {
        let is_final = verdicts.get(place).is_some_and(Verdict::is_final);
        let is_held = message.group.as_ref().is_some_and(|group| held.contains(group));
        if !is_final || is_held {
            held.extend(message.group.as_ref());
            failures.push(Failure { item_identifier: message.id.clone() });
        }
    }
    Answer::Failures { batch_item_failures: failures }
}

#[cfg(test)]
mod tests {
    use handler_contract::Identity;
    use handler_protocol::Delivered;
    use serde_json::json;

    use super::*;

    fn message(id: &str, group: Option<&str>) -> Message {
        let delivered = Delivered::Unreadable {
            identity: Identity { source: String::new(), id: id.to_owned() },
            topic: String::new(),
            key: String::new(),
            reason: String::new(),
            bytes: Vec::new(),
        };
        Message { id: id.to_owned(), group: group.map(str::to_owned), delivered }
    }

    fn retry(seconds: u64) -> Verdict {
        Verdict::Retry { reason: "not yet".to_owned(), after: Duration::from_secs(seconds) }
    }

    #[test]
    fn each_message_is_answered_by_its_id_and_one_without_a_verdict_comes_again() {
        let messages = ["a", "b", "c"].map(|id| message(id, None));
        let answer = acknowledge_messages(&messages, &[retry(1), Verdict::Done]);
        let expected = json!({ "batchItemFailures": [{ "itemIdentifier": "a" }, { "itemIdentifier": "c" }] });
        assert_eq!(serde_json::to_value(answer).unwrap(), expected);
    }

    #[test]
    fn nothing_of_a_group_is_done_after_one_that_was_not() {
        let messages = [("a", "1"), ("b", "2"), ("c", "1")].map(|(id, group)| message(id, Some(group)));
        let answer = acknowledge_messages(&messages, &[retry(1), Verdict::Done, Verdict::Done]);
        let failed = ["a", "c"].map(|id| Failure { item_identifier: id.to_owned() });
        assert_eq!(answer, Answer::Failures { batch_item_failures: failed.into() });
    }

    #[test]
    fn what_came_together_comes_again_together_after_the_shortest_wait() {
        assert!(acknowledge_all(&[Verdict::Done, Verdict::Seen]).is_ok());
        let again = acknowledge_all(&[Verdict::Done, retry(4), retry(2)]).unwrap_err();
        assert_eq!((again.after, again.reason.as_str()), (Duration::from_secs(2), "2 of 3 come again: not yet"));
    }
}
