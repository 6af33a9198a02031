//! Jobs are kept by Dapr's scheduler, and come back as requests.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dapr::dapr::proto::common::v1::job_failure_policy::Policy;
use dapr::dapr::proto::common::v1::{JobFailurePolicy, JobFailurePolicyConstant};
use dapr::dapr::proto::runtime::v1::{DeleteJobRequest, Job as DaprJob, ScheduleJobRequest};
use handler_contract::Job;
use handler_protocol::{Outgoing, What};
use time::format_description::well_known::Rfc3339;
use tokio::task::JoinSet;
use tonic::{Code, Status};

use super::carrier::carried;
use super::sidecar::Sidecar;
use crate::relay::{Carried, Carrier};
use crate::transport::due::Envelope;

/// How long the scheduler is left alone after it did not answer: events that leave by the same sidecar do not wait for it.
const AWAY: Duration = Duration::from_secs(5);
/// The scheduler's own limit.
const LONGEST_NAME: usize = 512;
/// A job that has to come again does so at least so much later.
const SHORTEST: Duration = Duration::from_millis(100);

/// Schedules and cancels through the sidecar.
pub struct DaprJobs {
    sidecar: Sidecar,
    failure: JobFailurePolicy,
    away_until: Mutex<Option<Instant>>,
}

impl DaprJobs {
    /// A job that its handler does not settle comes again after `wait`, as often as it takes: the runtime counts attempts itself.
    pub fn new(sidecar: Sidecar, wait: Duration) -> Self {
        let mut constant = JobFailurePolicyConstant::default();
        let wait = wait.max(SHORTEST);
        let interval = constant.interval.get_or_insert_default();
        interval.seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        interval.nanos = i32::try_from(wait.subsec_nanos()).unwrap_or(0);
        let failure = JobFailurePolicy { policy: Some(Policy::Constant(constant)) };
        Self { sidecar, failure, away_until: Mutex::default() }
    }

    fn schedule(&self, job: &Job, row: &Outgoing) -> Result<ScheduleJobRequest, String> {
        let due = job.due.format(&Rfc3339).map_err(|error| error.to_string())?;
        let data = serde_json::to_vec(&Envelope::of(job, row)).map_err(|error| error.to_string())?;
        let mut scheduled = DaprJob { name: job.name.clone(), due_time: Some(due), ..DaprJob::default() };
        scheduled.failure_policy = Some(self.failure);
        scheduled.data.get_or_insert_default().value = data;
        Ok(ScheduleJobRequest { job: Some(scheduled), overwrite: true })
    }

    fn request(&self, row: &Outgoing) -> Result<Request, String> {
        match &row.what {
            What::Schedule(job) if !is_taken(&job.name) => {
                Err("Dapr takes no job of this name: it is empty or too long, or has one of | / \\ # ? %".to_owned())
            }
            What::Schedule(job) => Ok(Request::Schedule(self.schedule(job, row)?)),
            What::Cancel { job } => Ok(Request::Cancel(DeleteJobRequest { name: job.clone() })),
            _ => Err("it is nothing of a job".to_owned()),
        }
    }

    fn is_away(&self) -> bool {
        let until = *self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}

enum Request {
    Schedule(ScheduleJobRequest),
    Cancel(DeleteJobRequest),
}

impl Carrier for DaprJobs {
    /// The rows are of different jobs, so they go side by side.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = vec![Carried::Later("the scheduler is away".to_owned()); rows.len()];
        if self.is_away() {
            return carried;
        }
        let mut calls = JoinSet::new();
        for (place, row) in rows.iter().enumerate() {
            match self.request(row) {
                Ok(request) => {
                    let sidecar = self.sidecar.clone();
                    calls.spawn(async move { (place, send(&sidecar, request).await) });
                }
                Err(reason) => carried[place] = Carried::Refused(reason),
            }
        }
        while let Some(call) = calls.join_next().await {
            let Ok((place, answer)) = call else { continue };
            if matches!(&answer, Err(status) if is_silence(status)) {
                *self.away_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + AWAY);
            }
            carried[place] = answer.map_or_else(|status| self::carried(&status), |()| Carried::Delivered);
        }
        carried
    }
}

async fn send(sidecar: &Sidecar, request: Request) -> Result<(), Status> {
    match request {
        Request::Schedule(request) => sidecar.schedule_job(request).await,
        Request::Cancel(request) => match sidecar.delete_job(request).await {
            Err(status) if status.code() == Code::NotFound => Ok(()),
            answer => answer,
        },
    }
}

fn is_silence(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
}

/// What the sidecar and its scheduler refuse, they refuse without a code that says so; a per cent sign would end the job's way
/// back, because the name stands in a path as it is.
fn is_taken(name: &str) -> bool {
    let forbidden = |letter: char| "|/\\#?%".contains(letter) || letter.is_control();
    !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(forbidden) && name != "." && name != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_never_come_back_are_refused() {
        for name in ["reminder-7", "a b", "ä", "a.b@c"] {
            assert!(is_taken(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a|b", "100%", "a?", "a\nb", &"x".repeat(LONGEST_NAME + 1)] {
            assert!(!is_taken(name), "{name}");
        }
    }
}
