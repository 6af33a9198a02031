//! Jobs are schedules of EventBridge Scheduler, which invoke the function when they are due, and are then gone.

use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::operation::delete_schedule::DeleteScheduleError;
use aws_sdk_scheduler::operation::update_schedule::UpdateScheduleError;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handler_contract::Job;
use handler_protocol::{Outgoing, What};
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use super::{ScheduleConfig, explained};
use crate::relay::{Carried, Carrier};
use crate::transport::due::Envelope;

/// What a name begins with that tells the job, and one that does not: the group also has a schedule that drains the outbox.
const NAMED: &str = "job-";
const DIGESTED: &str = "job.";
/// The longest name of a schedule.
const LONGEST_NAME: usize = 64;
/// A schedule that would be over when it arrives is for so much later: whether Scheduler runs one that is over is not told.
const SOON: Duration = Duration::seconds(2);

/// Makes, moves and takes back the schedules of a function.
pub(crate) struct ScheduleCarrier {
    client: Client,
    config: ScheduleConfig,
}

/// What the function is given when a job is due.
#[derive(Serialize)]
struct Due {
    portolan: &'static str,
    #[serde(flatten)]
    envelope: Envelope,
}

/// A schedule as it is asked for.
#[derive(Clone)]
struct Schedule {
    group: String,
    name: String,
    expression: String,
    target: Target,
}

enum Request {
    Schedule(Box<Schedule>),
    Cancel { group: String, name: String },
}

impl ScheduleCarrier {
    pub(crate) fn new(aws: &SdkConfig, config: ScheduleConfig) -> Self {
        Self { client: Client::new(aws), config }
    }

    fn request(&self, row: &Outgoing) -> Result<Request, String> {
        let group = self.config.group.clone();
        match &row.what {
            What::Schedule(job) => {
                let target = self.target(job, row)?;
                let expression = at(job.due, OffsetDateTime::now_utc());
                let schedule = Schedule { group, name: name(&job.name), expression, target };
                Ok(Request::Schedule(Box::new(schedule)))
            }
            What::Cancel { job } => Ok(Request::Cancel { group, name: name(job) }),
            _ => Err("it is nothing of a job".to_owned()),
        }
    }

    fn target(&self, job: &Job, row: &Outgoing) -> Result<Target, String> {
        let due = Due { portolan: "job", envelope: Envelope::of(job, row) };
        let input = serde_json::to_string(&due).map_err(|error| error.to_string())?;
        let letters = self.config.dead_letters.as_ref();
        let letters = letters.map(|queue| DeadLetterConfig::builder().arn(queue).build());
        let target = Target::builder().arn(&self.config.target).role_arn(&self.config.role).input(input);
        target.set_dead_letter_config(letters).build().map_err(|error: BuildError| error.to_string())
    }
}

impl Carrier for ScheduleCarrier {
    /// The rows are of different jobs, so they go side by side.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = vec![Carried::Later("Scheduler has not answered".to_owned()); rows.len()];
        let mut requests = JoinSet::new();
        for (place, row) in rows.iter().enumerate() {
            match self.request(row) {
                Ok(request) => {
                    let client = self.client.clone();
                    requests.spawn(async move { (place, send(&client, request).await) });
                }
                Err(reason) => carried[place] = Carried::Refused(reason),
            }
        }
        while let Some(request) = requests.join_next().await {
            if let Ok((place, answer)) = request {
                carried[place] = answer;
            }
        }
        carried
    }
}

async fn send(client: &Client, request: Request) -> Carried {
    match request {
        Request::Schedule(schedule) => schedule_job(client, *schedule).await,
        Request::Cancel { group, name } => match client.delete_schedule().group_name(group).name(name).send().await {
            Ok(_) => Carried::Delivered,
            Err(error)
                if error.as_service_error().is_some_and(DeleteScheduleError::is_resource_not_found_exception) =>
            {
                Carried::Delivered
            }
            Err(error) => carried(&error),
        },
    }
}

/// One that is there is moved. Where it goes away between the two requests, it is made by the next pass.
async fn schedule_job(client: &Client, schedule: Schedule) -> Carried {
    let moved = schedule.clone();
    let create = client.create_schedule().group_name(schedule.group).name(schedule.name);
    let create = create.schedule_expression(schedule.expression).target(schedule.target);
    let create = create.set_flexible_time_window(in_time()).action_after_completion(ActionAfterCompletion::Delete);
    match create.send().await {
        Ok(_) => return Carried::Delivered,
        Err(error) if error.as_service_error().is_some_and(CreateScheduleError::is_conflict_exception) => {}
        Err(error) => return carried(&error),
    }
    let update = client.update_schedule().group_name(moved.group).name(moved.name);
    let update = update.schedule_expression(moved.expression).target(moved.target);
    let update = update.set_flexible_time_window(in_time()).action_after_completion(ActionAfterCompletion::Delete);
    match update.send().await {
        Ok(_) => Carried::Delivered,
        Err(error) if error.as_service_error().is_some_and(UpdateScheduleError::is_resource_not_found_exception) => {
            Carried::Later("the schedule that was to be moved went away".to_owned())
        }
        Err(error) => carried(&error),
    }
}

/// Not spread over a while.
fn in_time() -> Option<FlexibleTimeWindow> {
    FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().ok()
}

/// What is not valid never will be; whatever else it is may pass.
fn carried<E: ProvideErrorMetadata + std::error::Error + 'static, R: std::fmt::Debug + 'static>(
    error: &SdkError<E, R>,
) -> Carried {
    let never = error.code() == Some("ValidationException");
    let reason = explained(error);
    if never { Carried::Refused(reason) } else { Carried::Later(reason) }
}

/// Scheduler knows whole seconds; a job is rather late than early.
fn at(due: OffsetDateTime, now: OffsetDateTime) -> String {
    let due = due.max(now + SOON).to_offset(time::UtcOffset::UTC);
    let due = if due.nanosecond() > 0 { due + Duration::SECOND } else { due };
    let (date, time) = (due.date(), due.time());
    let (hour, minute, second) = time.as_hms();
    format!("at({date}T{hour:02}:{minute:02}:{second:02})")
}

/// The job's own name where Scheduler takes it, and a digest of it where it does not.
fn name(job: &str) -> String {
    let is_taken = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if job.len() <= LONGEST_NAME - NAMED.len() && job.chars().all(is_taken) {
        return format!("{NAMED}{job}");
    }
    format!("{DIGESTED}{}", URL_SAFE_NO_PAD.encode(Sha256::digest(job)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_has_a_name_of_its_own_that_scheduler_takes() {
        assert_eq!(name("reminder-1"), "job-reminder-1");
        let names = ["drain", "a b", "ä", "a/b", "", &"x".repeat(61), &"x".repeat(60)].map(name);
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        for name in names {
            assert!(name.len() <= LONGEST_NAME && name != "drain", "{name}");
            assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter)), "{name}");
        }
    }

    #[test]
    fn a_job_is_not_early_and_one_that_is_over_is_soon() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let minute = now + Duration::MINUTE;
        assert_eq!(at(minute, now), "at(2024-10-04T00:01:00)");
        assert_eq!(at(minute + Duration::NANOSECOND, now), "at(2024-10-04T00:01:01)");
        assert_eq!(at(now - Duration::DAY, now), "at(2024-10-04T00:00:02)");
        let elsewhere = minute.to_offset(time::UtcOffset::from_hms(2, 0, 0).unwrap());
        assert_eq!(at(elsewhere, now), at(minute, now));
    }
}
