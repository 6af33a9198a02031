use std::collections::BTreeMap;

use super::{Fact, SecretName, ServiceName, TopicName};
use crate::spec::document::Partition;
use crate::spec::{Arn, Duration, SecretKey};

/// The AWS account that a stack uses, and what everything of the stack is called in it.
#[derive(Debug, Clone)]
pub struct Aws {
    /// The account's number.
    pub account: Fact<String>,
    /// The region.
    pub region: Fact<String>,
    /// The partition.
    pub partition: Fact<Partition>,
    /// The EventBridge bus.
    pub bus: Fact<String>,
    /// The EKS cluster.
    pub cluster: Option<Fact<String>>,
    /// How long logs are kept.
    pub log_retention: Fact<Duration>,
    /// The ARN behind each secret.
    pub secrets: BTreeMap<SecretName, Fact<Arn>>,
    /// The keys of KMS that secrets are encrypted with.
    pub keys: Vec<Fact<Arn>>,
    /// The VPC that functions work in.
    pub network: Option<Network>,
    /// What names begin with that are unique in an account only: `<stack>-<environment>`.
    pub prefix: String,
}

/// The VPC that functions work in.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its subnets.
    pub subnets: Vec<Fact<String>>,
    /// The security groups of the functions.
    pub security_groups: Vec<Fact<String>>,
}

impl Aws {
    /// What a service's function is called, its role, its failed events and its group of schedules.
    pub fn function_name(&self, service: &ServiceName) -> String {
        format!("{}-{service}", self.prefix)
    }

    /// The queue of the events that a function failed on.
    pub fn failed_queue(&self, service: &ServiceName) -> String {
        format!("{}-failed", self.function_name(service))
    }

    /// The role by which EventBridge Scheduler invokes a function.
    pub fn scheduler_role(&self, service: &ServiceName) -> String {
        format!("{}-scheduler", self.function_name(service))
    }

    /// The rule that brings a topic to a service; on a bus of the stack's own the prefix is not wanted.
    pub fn rule_name(&self, service: &ServiceName, topic: &TopicName) -> String {
        format!("{service}-{topic}")
    }

    /// The queue from which a sidecar takes a topic's events.
    pub fn queue_name(&self, service: &ServiceName, topic: &TopicName) -> String {
        // A topic may have dots, a queue may not.
        format!("{}-{service}-{topic}", self.prefix).replace('.', "-")
    }

    /// The queue of the events that a rule could not deliver, or that a sidecar gave up.
    pub fn dead_letter_queue(&self, service: &ServiceName, topic: &TopicName) -> String {
        format!("{}-dlq", self.queue_name(service, topic))
    }

    /// The ARN of something in this account and region.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        let (partition, region, account) = (self.partition.value.word(), &self.region.value, &self.account.value);
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// The ARN of a role, which has no region.
    pub fn role_arn(&self, name: &str) -> String {
        format!("arn:{}:iam::{}:role/{name}", self.partition.value.word(), self.account.value)
    }

    /// The ARN of the bus.
    pub fn bus_arn(&self) -> String {
        self.arn("events", &format!("event-bus/{}", self.bus.value))
    }

    /// The ARN of a rule on the bus.
    pub fn rule_arn(&self, rule: &str) -> String {
        self.arn("events", &format!("rule/{}/{rule}", self.bus.value))
    }

    /// The ARN of a queue.
    pub fn queue_arn(&self, queue: &str) -> String {
        self.arn("sqs", queue)
    }

    /// The ARN of a function.
    pub fn function_arn(&self, function: &str) -> String {
        self.arn("lambda", &format!("function:{function}"))
    }

    /// Where a key of a secret lies: `ARN#KEY` in a JSON secret of Secrets Manager, a parameter's ARN in SSM.
    pub fn secret_reference(&self, key: &SecretKey) -> Option<Fact<String>> {
        let arn = self.secrets.get(key.secret.as_str())?;
        Some(
            arn.clone().map(|arn| if is_parameter(&arn) { parameter(&arn, key) } else { format!("{arn}#{}", key.key) }),
        )
    }

    /// The ARN that a right to read a key names, and whether it is a parameter of SSM.
    pub fn secret_resource(&self, key: &SecretKey) -> Option<(String, bool)> {
        let arn = &self.secrets.get(key.secret.as_str())?.value;
        Some(if is_parameter(arn) { (parameter(arn, key), true) } else { (arn.to_string(), false) })
    }
}

fn is_parameter(arn: &Arn) -> bool {
    arn.service == "ssm"
}

fn parameter(arn: &Arn, key: &SecretKey) -> String {
    format!("{arn}/{}", key.key)
}
