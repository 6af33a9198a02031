//! acknowledge_: what the sidecar is answered. What it can forget is a success, whatever became of it here: a dead letter has
//! left by the outbox, and the sidecar's own way to the dead-letter topic tells no reason.

use axum::Json;
use axum::http::StatusCode;
use handler_protocol::Verdict;
use serde_json::{Value, json};

use super::envelope::Entry;

fn status(verdict: Option<&Verdict>) -> &'static str {
    if verdict.is_some_and(Verdict::is_final) { "SUCCESS" } else { "RETRY" }
}

/// The answer for one event; no verdict asks for it again. It is the status of the response alone: daprd takes any 2xx whose body
/// it cannot read for a success, also where the body is cut off because we end (`pkg/runtime/subscription/postman/http`).
pub(super) fn acknowledge_event(verdict: Option<&Verdict>) -> StatusCode {
    if verdict.is_some_and(Verdict::is_final) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// The answer for each entry by its id: one that is left out would be taken for RETRY, and so would an answer without a body.
pub(super) fn acknowledge_entries(entries: &[Entry<'_>], verdicts: &[Verdict]) -> Json<Value> {
    let statuses: Vec<Value> = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| json!({ "entryId": entry.id, "status": status(verdicts.get(place)) }))
        .collect();
    Json(json!({ "statuses": statuses }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::HeaderMap;

    use super::super::envelope::Envelope;
    use super::*;

    #[test]
    fn each_entry_is_answered_and_one_without_verdict_comes_again() {
        let body = br#"{"entries":[{"entryId":"a","event":{}},{"entryId":"b","event":{}},{"entryId":"c","event":{}}]}"#;
        let envelope = Envelope::read(&HeaderMap::new(), body).unwrap();
        let verdicts = [Verdict::DeadLettered { reason: String::new() }, Verdict::Held { after: Duration::ZERO }];
        let Json(answer) = acknowledge_entries(&envelope.entries, &verdicts);
        let expected = [("a", "SUCCESS"), ("b", "RETRY"), ("c", "RETRY")];
        assert_eq!(answer["statuses"], json!(expected.map(|(id, status)| json!({ "entryId": id, "status": status }))));
        assert_eq!(acknowledge_event(None), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(acknowledge_event(verdicts.first()), StatusCode::OK);
    }
}
