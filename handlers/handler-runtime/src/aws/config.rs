//! What of AWS a service is told.

use handler_contract::Contract;

use crate::destinations::Destinations;
use crate::environment::{Environment, Problems};

/// The largest entry of a bus, in bytes, and in China.
const LARGEST_ENTRY: usize = 1_048_576;
const LARGEST_ENTRY_IN_CHINA: usize = 262_144;

/// Where things are. docs/decisions/0012 names the variables.
#[derive(Clone, Debug)]
pub(crate) struct AwsConfig {
    /// The region.
    pub(crate) region: String,
}

/// By what a function makes its schedules.
#[derive(Clone, Debug)]
pub(crate) struct ScheduleConfig {
    /// The group that they stand in.
    pub(super) group: String,
    /// The role that they invoke it by.
    pub(super) role: String,
    /// The function.
    pub(super) target: String,
    /// The queue of what nobody took.
    pub(super) dead_letters: Option<String>,
}

impl AwsConfig {
    /// Reads the environment of a service that uses anything of AWS; nothing for another one.
    pub(crate) fn read(
        environment: &Environment,
        destinations: &Destinations,
        schedules: Option<&ScheduleConfig>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let uses = destinations.has_bus() || destinations.has_queue() || schedules.is_some();
        uses.then(|| Self { region: environment.required("AWS_REGION", problems) })
    }

    /// The largest entry that the region's buses take, in bytes.
    pub(crate) fn largest_entry(&self) -> usize {
        if self.region.starts_with("cn-") { LARGEST_ENTRY_IN_CHINA } else { LARGEST_ENTRY }
    }
}

impl ScheduleConfig {
    /// Reads the environment where the contract schedules anything; every problem is told.
    pub(crate) fn read(environment: &Environment, contract: &Contract, problems: &mut Problems) -> Option<Self> {
        if contract.schedules.is_empty() {
            return None;
        }
        Some(Self {
            group: environment.required("PORTOLAN_SCHEDULE_GROUP", problems),
            role: environment.required("PORTOLAN_SCHEDULE_ROLE", problems),
            target: environment.required("PORTOLAN_SCHEDULE_TARGET", problems),
            dead_letters: environment.optional("PORTOLAN_SCHEDULE_DEAD_LETTERS"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(topics: &str, region: &str) -> Result<Option<AwsConfig>, String> {
        let mut problems = Problems::default();
        let environment = Environment::from([("PORTOLAN_PUBLISH", topics), ("AWS_REGION", region)]);
        let destinations = Destinations::read(&environment, &mut problems);
        let config = AwsConfig::read(&environment, &destinations, None, &mut problems);
        problems.into_result().map(|()| config).map_err(|error| error.to_string())
    }

    #[test]
    fn a_service_that_uses_nothing_of_aws_is_told_nothing() {
        assert!(read("a=bus", "").unwrap().is_none());
    }

    #[test]
    fn what_is_in_aws_is_in_a_region_and_an_entry_is_smaller_in_china() {
        for topics in ["a=eventbridge:b", "a.dlq=sqs:arn:aws:sqs:eu-west-1:12:failed"] {
            assert_eq!(read(topics, "eu-west-1").unwrap().unwrap().largest_entry(), 1_048_576);
            assert_eq!(read(topics, "cn-north-1").unwrap().unwrap().largest_entry(), 262_144);
            assert!(read(topics, "").unwrap_err().contains("AWS_REGION is not set"));
        }
    }
}
