//! decode_: what a job brings when it is due, from who keeps no more of it than its data.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use handler_contract::{Event, Identity, JOBS, Job};
use handler_protocol::{Delivered, Outgoing};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::trace;

/// What is kept of a job beside its time: it comes back as it is, and nothing beside it, not even when the job was due.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Envelope {
    job: Job,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracestate: Option<String>,
}

impl Envelope {
    pub(crate) fn of(job: &Job, row: &Outgoing) -> Self {
        Self { job: job.clone(), traceparent: row.traceparent.clone(), tracestate: row.tracestate.clone() }
    }

    /// The event that the job is to its service.
    pub(crate) fn into_event(self, service: &str) -> Event {
        let mut event = Event::due(service, self.job);
        event.extensions.extend(trace::attributes(self.traceparent, self.tracestate));
        event
    }
}

/// The event that a due job of `service` is, as `carrier` brought it. What is no job of ours was scheduled by somebody else under
/// our name.
pub(crate) fn decode_due(service: &str, carrier: &str, name: &str, bytes: &[u8]) -> Delivered {
    match serde_json::from_slice::<Envelope>(bytes) {
        Ok(envelope) => Delivered::Event(envelope.into_event(service)),
        Err(error) => Delivered::Unreadable {
            identity: Identity {
                source: format!("{carrier}:{JOBS}/{name}"),
                id: STANDARD.encode(Sha256::digest(bytes)),
            },
            topic: JOBS.to_owned(),
            key: name.to_owned(),
            reason: format!("no job of this runtime: {error}"),
            bytes: bytes.to_vec(),
        },
    }
}

#[cfg(test)]
mod tests {
    use handler_protocol::What;
    use serde_json::value::RawValue;
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn a_job_comes_back_as_it_was_scheduled() {
        let data = RawValue::from_string(r#"{"n":9007199254740993}"#.to_owned()).unwrap();
        let job = Job { name: "reminder-1".to_owned(), due: OffsetDateTime::UNIX_EPOCH, data };
        let what = What::Schedule(job.clone());
        let [traceparent, tracestate] = ["00-1-2-01", "a=b"].map(|told| Some(told.to_owned()));
        let row = Outgoing { id: String::new(), key: String::new(), traceparent, tracestate, what };
        let bytes = serde_json::to_vec(&Envelope::of(&job, &row)).unwrap();
        let Delivered::Event(event) = decode_due("clerk", "dapr", "reminder-1", &bytes) else {
            unreachable!("it is a job")
        };
        assert_eq!(event.identity, Event::due("clerk", job).identity);
        assert_eq!(event.text(), Some(r#"{"n":9007199254740993}"#));
        assert_eq!((event.traceparent(), event.tracestate()), (Some("00-1-2-01"), Some("a=b")));
    }

    #[test]
    fn what_is_no_job_of_ours_is_the_same_at_each_repetition() {
        let [one, other] = [(); 2].map(|()| decode_due("clerk", "dapr", "reminder-1", b"{\"task\":1}"));
        assert!(matches!(&one, Delivered::Unreadable { topic, .. } if topic == JOBS));
        assert_eq!(one.identity(), other.identity());
    }
}
