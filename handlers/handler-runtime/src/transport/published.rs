//! The event that a row of the outbox becomes, the same in every transport.

use handler_contract::{Data, Event, Identity};
use handler_protocol::{Outgoing, What};
use time::OffsetDateTime;

use crate::trace;

/// What a message has beside the event: its key a second time, headers, the record's own fields.
const BESIDE: usize = 512;

/// How large the message of a row is that is an event: with room for what is beside it.
pub(crate) fn size(row: &Outgoing, source: &str) -> Option<usize> {
    let event = serde_json::to_vec(&published(row, source)?).ok()?;
    Some(event.len() + row.key.len() + BESIDE)
}

/// The event of a row that is one, from this source.
pub(crate) fn published(row: &Outgoing, source: &str) -> Option<Event> {
    let What::Publish { topic, kind, subject, data } = &row.what else { return None };
    let trace = trace::attributes(row.traceparent.clone(), row.tracestate.clone());
    Some(Event {
        identity: Identity { source: source.to_owned(), id: row.id.clone() },
        kind: kind.clone(),
        subject: subject.clone(),
        time: Some(OffsetDateTime::now_utc()),
        content_type: Some("application/json".to_owned()),
        extensions: trace.chain([("partitionkey".to_owned(), row.key.clone())]).collect(),
        data: Data::Json(data.clone()),
        topic: topic.clone(),
    })
}
