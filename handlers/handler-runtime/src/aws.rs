//! What of AWS a service talks to: a bus, a queue of what was given up, schedules, and secrets.

mod bus;
mod config;
mod letters;
mod reach;
mod schedules;
mod secrets;

use std::error::Error;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};

pub(crate) use bus::BusCarrier;
pub(crate) use config::{AwsConfig, ScheduleConfig};
pub(crate) use letters::LetterCarrier;
pub(crate) use reach::Reach;
pub(crate) use schedules::ScheduleCarrier;
pub(crate) use secrets::with_secrets;

/// How long a request may take, with its repetitions: who waits for it is in a transaction.
const LONGEST: Duration = Duration::from_secs(10);
/// How long one try of it may take.
const ONE_TRY: Duration = Duration::from_secs(4);

/// How AWS is reached in a region; credentials come from where AWS's own programs have theirs.
pub(crate) async fn connect(region: &str) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_timeout(LONGEST).operation_attempt_timeout(ONE_TRY).build();
    let region = Region::new(region.to_owned());
    aws_config::defaults(BehaviorVersion::latest()).region(region).timeout_config(timeouts).load().await
}

/// What an error says, and what each cause of it does: the outermost only tells who has failed.
fn explained(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let mut words: Vec<String> = causes.map(ToString::to_string).collect();
    words.dedup();
    words.join(": ")
}
