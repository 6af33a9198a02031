//! The broker of a function that publishes to Kafka, where the program was built for it.

use crate::environment::{Environment, Problems};
use crate::service::ServiceError;

#[cfg(feature = "kafka")]
pub(crate) type Broker = crate::transport::kafka::KafkaConfig;
#[cfg(not(feature = "kafka"))]
pub(crate) type Broker = crate::carriers::Nobody;

/// How it is reached; nothing where nothing is told of one.
#[cfg(feature = "kafka")]
pub(super) fn read_broker(environment: &Environment, problems: &mut Problems) -> Option<Broker> {
    environment.optional("KAFKA_BROKERS").map(|_| Broker::of_producer(environment, problems))
}

/// What carries events there.
#[cfg(feature = "kafka")]
pub(crate) fn carrier_to(
    broker: &Broker,
    service: &str,
) -> Result<crate::transport::kafka::KafkaCarrier, ServiceError> {
    Ok(crate::transport::kafka::KafkaCarrier::new(broker, service)?)
}

/// None.
#[cfg(not(feature = "kafka"))]
pub(super) fn read_broker(environment: &Environment, problems: &mut Problems) -> Option<Broker> {
    if environment.optional("KAFKA_BROKERS").is_some() {
        problems.add("KAFKA_BROKERS is set, and this program was built without `kafka`".to_owned());
    }
    None
}

/// None.
#[cfg(not(feature = "kafka"))]
pub(crate) fn carrier_to(broker: &Broker, _: &str) -> Result<Broker, ServiceError> {
    match *broker {}
}
