//! A job that is due reaches its handler as an event.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Data, Event, Identity, Job};

/// The topic of due jobs. No broker has it: each service gets its own jobs back.
pub const JOBS: &str = "portolan-jobs";
/// The type of the event that a due job is.
pub const JOB_DUE: &str = "portolan.job.due";

impl Event {
    /// A job of `service` that is due. Its subject is the job's name, its time is when it was due, its data is the job's. Its id
    /// follows from name and time: a job that comes twice is one event, and one that was moved is another.
    pub fn due(service: &str, job: Job) -> Self {
        // What keeps jobs may keep microseconds and no more: PostgreSQL does.
        let time = job.due.replace_nanosecond(job.due.microsecond() * 1000).unwrap_or(job.due);
        // A time of the years 0 to 9999 can always be written; others are no times of jobs.
        let due = time.to_offset(time::UtcOffset::UTC).format(&Rfc3339).unwrap_or_default();
        Self {
            identity: Identity { source: format!("{service}/{JOBS}"), id: format!("{}@{due}", job.name) },
            kind: JOB_DUE.to_owned(),
            subject: Some(job.name),
            time: Some(time),
            content_type: Some("application/json".to_owned()),
            extensions: BTreeMap::new(),
            data: Data::Json(job.data),
            topic: JOBS.to_owned(),
        }
    }

    /// The name of the job that is due, where this is one.
    pub fn job(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.topic == JOBS && self.kind == JOB_DUE)
    }

    /// When the job was due, where this is one.
    pub fn job_due(&self) -> Option<OffsetDateTime> {
        self.time.filter(|_| self.job().is_some())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use time::Duration;

    use super::*;

    fn job(due: OffsetDateTime) -> Job {
        Job { name: "reminder-1".to_owned(), due, data: RawValue::NULL.to_owned() }
    }

    #[test]
    fn a_job_that_comes_twice_is_one_event_and_one_that_was_moved_is_another() {
        let due = OffsetDateTime::UNIX_EPOCH;
        let event = Event::due("clerk", job(due));
        assert_eq!((event.job(), event.job_due()), (Some("reminder-1"), Some(due)));
        let elsewhere = due.to_offset(time::UtcOffset::from_hms(2, 0, 0).unwrap_or(time::UtcOffset::UTC));
        assert_eq!(event.identity, Event::due("clerk", job(elsewhere)).identity);
        assert_ne!(event.identity, Event::due("clerk", job(due + Duration::SECOND)).identity);
        assert_eq!(event.identity, Event::due("clerk", job(due + Duration::nanoseconds(999))).identity);
    }
}
