use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::model::{Aws, Component, ComponentName, EventSource, Fact, Network, Reference, Service, ServiceName};
use crate::spec::Duration;
use crate::spec::document::{self, Partition, Run};

const LOG_RETENTION: Duration = Duration::days(30);
/// Lambda's own default for Kafka.
const BATCH_SIZE: u32 = 100;

impl Resolver<'_> {
    /// The AWS account, where the stack has one.
    pub(super) fn aws(&mut self, stack: &str) -> Option<Aws> {
        let written = self.document.aws.as_ref()?;
        let (Some(account), Some(region)) = (&written.account, &written.region) else {
            let at =
                [&written.account, &written.region].into_iter().flatten().next().map_or(self.top(), |found| found.at);
            let help = "write `aws: { account: \"123456789012\", region: eu-central-1 }`, with your own";
            self.missing(at, "`aws` wants account and region", help);
            return None;
        };
        let prefix = format!("{stack}-{}", self.project.environment);
        let word = |partition: &Partition| partition.word().to_owned();
        let partition = partition_of(&region.value);
        let log_retention = self.or_default(written.log_retention.as_ref(), "aws.logRetention", LOG_RETENTION);
        let mut secrets = BTreeMap::new();
        for (name, arn) in &written.secrets {
            if self.document.secrets.get(&name.value).is_none() {
                self.dangling(Reference::Secret, &name.value, name.at);
            }
            secrets.insert(name.value.as_str().into(), Fact::from(arn));
        }
        Some(Aws {
            account: account.into(),
            region: region.into(),
            partition: self.or_default_as(written.partition.as_ref(), "aws.partition", partition, word),
            bus: self.or_default(written.bus.as_ref(), "aws.bus", prefix.clone()),
            cluster: written.cluster.as_ref().map(Fact::from),
            log_retention,
            secrets,
            keys: written.keys.iter().map(Fact::from).collect(),
            network: network(&written.network),
            prefix,
        })
    }

    /// What is missing for services that run in AWS, or get their events there.
    pub(super) fn wanted_of_aws(
        &mut self,
        services: &BTreeMap<ServiceName, Service>,
        components: &BTreeMap<ComponentName, Component>,
        aws: Option<&Aws>,
    ) {
        // Half an account was reported as such.
        if aws.is_none() && self.document.aws.is_some() {
            return;
        }
        let account = "write `aws: { account: \"123456789012\", region: eu-central-1 }`, with your own";
        for service in services.values() {
            let uses_bus = uses_bus(service, components);
            let at = service.run.at.unwrap_or(service.at);
            match aws {
                None if service.run.value == Run::Lambda => {
                    self.missing(at, format!("`{}` runs on Lambda, and no account is said", service.name), account);
                }
                None if uses_bus => {
                    self.missing(at, format!("`{}` uses EventBridge, and no account is said", service.name), account);
                }
                Some(Aws { cluster: None, .. }) if uses_bus && service.run.value != Run::Lambda => {
                    let message =
                        format!("`{}` is a pod that uses EventBridge, and no cluster gives it a role", service.name);
                    self.missing(at, message, "write `cluster: NAME` of the EKS cluster under `aws`");
                }
                _ => {}
            }
        }
    }

    /// How Lambda reads a broker.
    pub(super) fn event_source(&mut self, written: &document::EventSource, path: &str) -> EventSource {
        EventSource {
            cluster: written.cluster.as_ref().map(Fact::from),
            credentials: written.credentials.as_ref().map(Fact::from),
            authority: written.authority.as_ref().map(Fact::from),
            batch_size: self.or_default(written.batch_size.as_ref(), &format!("{path}.batchSize"), BATCH_SIZE),
            batch_window: written.batch_window.as_ref().map(Fact::from),
        }
    }
}

/// Whether a service puts events on the bus or gets them from it.
fn uses_bus(service: &Service, components: &BTreeMap<ComponentName, Component>) -> bool {
    let subscribed = service.subscriptions.iter().map(|subscription| &subscription.component);
    let mut used = subscribed.chain(service.publishes.iter().map(|publication| &publication.component));
    used.any(|name| components.get(name).is_some_and(|component| component.kind.value.is_eventbridge()))
}

fn partition_of(region: &str) -> Partition {
    match region {
        china if china.starts_with("cn-") => Partition::China,
        government if government.starts_with("us-gov-") => Partition::Government,
        _ => Partition::Aws,
    }
}

fn network(written: &document::Network) -> Option<Network> {
    let facts = |list: &[crate::spec::Located<String>]| list.iter().map(Fact::from).collect::<Vec<_>>();
    let network = Network { subnets: facts(&written.subnets), security_groups: facts(&written.security_groups) };
    (!network.subnets.is_empty()).then_some(network)
}
