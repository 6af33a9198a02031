use std::time::Duration;

use krafka::admin::{AdminClient, DeleteRecordsOptions, DescribeTopicsOptions, TopicPartition};
use krafka::producer::Producer;
use krafka::{Kafka, KrafkaError, error::ErrorCode};

use super::Access;
use crate::WorldError;

/// How long a broker may take to be there.
const CONNECT: Duration = Duration::from_secs(5);
/// How long all brokers may take together.
const OPEN: Duration = Duration::from_secs(15);
/// How long a message may take to be delivered.
const DELIVERY: Duration = Duration::from_mins(1);
/// The largest request that anybody sends (see the checks on sizes).
const LARGEST: usize = 100 * 1024 * 1024;

/// An open connection to one broker's cluster.
#[derive(Debug)]
pub struct Connection {
    kafka: Kafka,
    admin: AdminClient,
    addresses: String,
}

impl Connection {
    /// Connects and proves who we are.
    pub async fn open(access: &Access) -> Result<Self, WorldError> {
        let addresses = access.addresses().to_owned();
        let failed = |why: &dyn ToString| WorldError::unreachable(&addresses, why.to_string());
        let client = Kafka::builder(&addresses).client_id("portolan").connect_timeout(CONNECT);
        let connecting = client.security(access.security()).connect();
        let opened = tokio::time::timeout(OPEN, connecting).await;
        let kafka = opened.map_err(|_| failed(&"nobody answers"))?.map_err(|error| failed(&error))?;
        let admin = kafka.admin();
        Ok(Self { kafka, admin, addresses })
    }

    /// Where it is.
    pub fn addresses(&self) -> &str {
        &self.addresses
    }

    /// How many partitions a topic has; none where there is no such topic.
    pub async fn partitions(&self, topic: &str) -> Result<Option<i32>, WorldError> {
        let failed = |error: &KrafkaError| WorldError::new(format!("cannot look at topic {topic}"), error);
        let mut described = self
            .admin
            .describe_topics([topic], DescribeTopicsOptions::default())
            .await
            .map_err(|error| failed(&error))?;
        match described.remove(topic) {
            Some(Ok(topic)) => Ok(Some(i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX))),
            None | Some(Err(KrafkaError::Broker { code: ErrorCode::UnknownTopicOrPartition, .. })) => Ok(None),
            Some(Err(error)) => Err(failed(&error)),
        }
    }

    /// Deletes what stands before an offset.
    pub(crate) async fn delete_before(&self, topic: &str, partition: i32, offset: i64) -> Result<(), WorldError> {
        let failed = |error: &KrafkaError| WorldError::new(format!("cannot delete from {topic}/{partition}"), error);
        let before = [(TopicPartition::new(topic, partition), offset)];
        let deleted = self.admin.delete_records(before, DeleteRecordsOptions::default()).await;
        for (_, result) in deleted.map_err(|error| failed(&error))? {
            result.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// A producer that reports a message as delivered when every replica in sync has it.
    pub(crate) async fn producer(&self) -> Result<Producer, WorldError> {
        let producer = self.kafka.producer().idempotent(true).delivery_timeout(DELIVERY).max_request_size(LARGEST);
        producer.build().await.map_err(|error| WorldError::new("cannot publish", error))
    }

    pub(super) const fn kafka(&self) -> &Kafka {
        &self.kafka
    }
}
