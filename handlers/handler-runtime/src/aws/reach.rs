//! What of AWS a service reaches.

use aws_config::SdkConfig;

use super::{AwsConfig, BusCarrier, LetterCarrier, ScheduleCarrier, ScheduleConfig, connect};
use crate::carriers::EventCarrier;
use crate::destinations::Destinations;
use crate::relay::Carrier;

/// The clients of a service, where it uses anything of AWS.
pub(crate) struct Reach {
    aws: Option<SdkConfig>,
    bus: Option<BusCarrier>,
    letters: Option<LetterCarrier>,
    destinations: Destinations,
}

impl Reach {
    /// As it is configured.
    pub(crate) async fn of(config: Option<&AwsConfig>, service: &str, destinations: Destinations) -> Self {
        let Some(config) = config else { return Self { aws: None, bus: None, letters: None, destinations } };
        let aws = connect(&config.region).await;
        let largest = config.largest_entry();
        let bus = destinations.has_bus().then(|| BusCarrier::new(&aws, service, destinations.clone(), largest));
        let letters = destinations.has_queue().then(|| LetterCarrier::new(&aws, destinations.clone()));
        Self { aws: Some(aws), bus, letters, destinations }
    }

    /// What carries schedules, where there are any.
    pub(crate) fn schedules(&self, config: Option<ScheduleConfig>) -> Option<ScheduleCarrier> {
        Some(ScheduleCarrier::new(self.aws.as_ref()?, config?))
    }

    /// What carries events: what the transport has itself, where it has any, and what goes to AWS.
    pub(crate) fn events<O: Carrier>(self, own: Option<O>) -> EventCarrier<O> {
        EventCarrier::new(own, self.bus, self.letters, self.destinations)
    }
}
