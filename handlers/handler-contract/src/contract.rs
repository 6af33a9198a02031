//! What a handler's code does, as `<service> contract` prints it and `portolan check` reads it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::layout::layout;
use crate::{JOB_DUE, JOBS, Schema};

/// What a handler's code does.
#[derive(Clone, Debug, Serialize)]
pub struct Contract {
    #[serde(rename = "contract")]
    version: &'static str,
    /// The service.
    pub service: &'static str,
    /// The ways it can be run.
    pub modes: Vec<Mode>,
    /// The topics it handles events of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subscribes: Vec<Subscription>,
    /// The topics it publishes to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publishes: Vec<Publication>,
    /// What the payloads are, by event type: of what it publishes as it is sent, of what it handles as far as it is needed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<&'static str, Schema>,
    /// The jobs it schedules, and receives when they are due.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
    /// The services it invokes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invokes: Vec<Invocation>,
    /// The components whose state it reads and writes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<&'static str>,
    /// The secret keys it reads, as `SECRET/KEY`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<&'static str>,
}

/// A way in which a handler can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Behind a Dapr sidecar.
    Dapr,
    /// As a Kafka consumer.
    Kafka,
    /// On AWS Lambda.
    Lambda,
}

/// A topic that a handler handles events of.
#[derive(Clone, Debug, Serialize)]
pub struct Subscription {
    /// The topic.
    pub topic: &'static str,
    /// The path that a sidecar posts events to.
    pub route: &'static str,
    /// The event types it acts on; others are acknowledged and left alone. Empty: all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<&'static str>,
    /// Paths for single event types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Whether its replicas share the events.
    #[serde(skip_serializing_if = "Delivery::is_shared")]
    pub delivery: Delivery,
}

/// A path for some event types.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// The event types.
    pub types: Vec<&'static str>,
    /// The path.
    pub route: &'static str,
}

/// How the replicas of a service divide the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// Each event reaches one replica.
    Shared,
    /// Each event reaches every replica that is there; what was missed is gone.
    Broadcast,
}

/// A topic that a handler publishes to.
#[derive(Clone, Debug, Serialize)]
pub struct Publication {
    /// The topic.
    pub topic: &'static str,
    /// The event types.
    pub types: Vec<&'static str>,
    /// The field of the payload that is the message's key.
    pub key: &'static str,
}

/// A job that a handler schedules and receives.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    /// The job's name, with what varies in braces.
    pub job: &'static str,
    /// The path that a due job is posted to.
    pub route: &'static str,
}

/// A service that a handler invokes.
#[derive(Clone, Debug, Serialize)]
pub struct Invocation {
    /// The name it is invoked under.
    pub service: &'static str,
    /// The method: the path without its first slash.
    pub method: &'static str,
    /// The HTTP verbs.
    pub verbs: Vec<&'static str>,
}

impl Delivery {
    // serde hands over a reference.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_shared(&self) -> bool {
        *self == Self::Shared
    }
}

impl Contract {
    /// The contract of a service that does nothing yet.
    pub const fn of(service: &'static str, modes: Vec<Mode>) -> Self {
        Self {
            version: "v1",
            service,
            modes,
            subscribes: Vec::new(),
            publishes: Vec::new(),
            events: BTreeMap::new(),
            schedules: Vec::new(),
            invokes: Vec::new(),
            stores: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// As the file `contract.json`.
    pub fn to_json(&self) -> String {
        // Names and lists of names: there is nothing in it that JSON cannot say.
        layout(&serde_json::to_value(self).unwrap_or_default())
    }

    /// Whether an event of a topic is one that the handler acts on. A service that schedules jobs acts on those that are due.
    pub fn acts_on(&self, topic: &str, kind: &str) -> bool {
        if topic == JOBS {
            return kind == JOB_DUE && !self.schedules.is_empty();
        }
        self.subscribes.iter().any(|subscription| {
            let rules = subscription.rules.iter().flat_map(|rule| &rule.types);
            subscription.topic == topic
                && (subscription.types.is_empty() || subscription.types.iter().chain(rules).any(|one| *one == kind))
        })
    }
}

impl Subscription {
    /// To a topic, at a path, all types, shared.
    pub const fn to(topic: &'static str, route: &'static str) -> Self {
        Self { topic, route, types: Vec::new(), rules: Vec::new(), delivery: Delivery::Shared }
    }

    /// To these types only.
    #[must_use]
    pub fn of_types(mut self, types: &[&'static str]) -> Self {
        self.types = types.to_vec();
        self
    }

    /// To every replica.
    #[must_use]
    pub const fn broadcast(mut self) -> Self {
        self.delivery = Delivery::Broadcast;
        self
    }
}
