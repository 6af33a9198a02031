//! A program that was built without the clients of AWS: what would go there is refused at the start.

use crate::destinations::Destinations;
use crate::environment::{Environment, Problems};

/// What of AWS a service is told: nothing.
#[derive(Debug)]
pub(crate) enum AwsConfig {}

/// By what a function schedules: nothing.
#[derive(Debug)]
pub(crate) enum ScheduleConfig {}

impl AwsConfig {
    /// Refuses topics that go to AWS.
    pub(crate) fn read(
        _: &Environment,
        destinations: &Destinations,
        _: Option<&ScheduleConfig>,
        problems: &mut Problems,
    ) -> Option<Self> {
        if destinations.has_bus() || destinations.has_queue() {
            problems
                .add("PORTOLAN_PUBLISH names a bus or a queue, and this program was built without `aws`".to_owned());
        }
        None
    }

    pub(crate) const fn largest_entry(&self) -> usize {
        match *self {}
    }
}

/// What of AWS a service reaches: nothing.
pub(crate) struct Reach;

impl Reach {
    pub(crate) fn of(_: Option<&AwsConfig>, _: &str, _: Destinations) -> impl Future<Output = Self> {
        std::future::ready(Self)
    }

    /// Events have the transport's own way, and no other.
    pub(crate) fn events<O>(self, own: Option<O>) -> Option<O> {
        own
    }
}
