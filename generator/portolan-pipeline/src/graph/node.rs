use serde::Serialize;

use crate::model::{External, ExternalTarget, Service, Stack, TriggerKind};

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A Kafka topic, one for dead letters too.
    Topic,
    /// A service that is deployed from here.
    Service,
    /// A service that is not.
    External,
    /// A Dapr component.
    Component,
    /// A Kubernetes Secret.
    Secret,
}

/// What tells a node from every other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NodeId {
    /// What it stands for.
    pub kind: Kind,
    /// Its name among its kind.
    pub name: String,
}

/// A node and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Which one.
    #[serde(flatten)]
    pub id: NodeId,
    /// What is said of its kind.
    #[serde(flatten)]
    pub about: About,
}

/// What is said of a node, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum About {
    /// Of a topic.
    Topic {
        /// How many partitions.
        partitions: u32,
    },
    /// Of a service.
    Service {
        /// How it gets its events.
        run: &'static str,
        /// At least so many replicas.
        min: u32,
        /// At most so many.
        max: u32,
        /// What they are counted by beside the lag of a topic, which stands on that topic's edge.
        scaled_by: Vec<String>,
        /// The jobs that it schedules.
        schedules: Vec<String>,
    },
    /// Of an external service.
    External {
        /// Its app-id, or the host of its address.
        address: String,
    },
    /// Of a component.
    Component {
        /// Type and version.
        r#type: String,
    },
    /// Of a secret.
    Secret {
        /// The keys that it holds.
        keys: Vec<String>,
    },
}

impl NodeId {
    pub(super) fn new(kind: Kind, name: &(impl ToString + ?Sized)) -> Self {
        Self { kind, name: name.to_string() }
    }
}

impl Kind {
    /// The kind in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Service => "service",
            Self::External => "external",
            Self::Component => "component",
            Self::Secret => "secret",
        }
    }
}

/// Every node of a stack, by kind, then by name.
pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let node = |kind, name: &dyn ToString, about| Node { id: NodeId::new(kind, name), about };
    let topics = stack.topics.values();
    let topics =
        topics.map(|topic| node(Kind::Topic, &topic.name, About::Topic { partitions: topic.partitions.value }));
    let services = stack.services.values().map(|service| node(Kind::Service, &service.name, about_service(service)));
    let externals = stack.externals.iter().map(|(name, external)| node(Kind::External, name, about_external(external)));
    let components = stack.components.values().map(|component| {
        node(Kind::Component, &component.name, About::Component { r#type: component.kind.value.to_string() })
    });
    let secrets = stack.secrets.iter().map(|(name, secret)| {
        node(Kind::Secret, name, About::Secret { keys: secret.keys.iter().map(|key| key.value.clone()).collect() })
    });
    topics.chain(services).chain(externals).chain(components).chain(secrets).collect()
}

fn about_service(service: &Service) -> About {
    let scale = &service.scale;
    let scaled_by = scale.triggers.iter().filter_map(|trigger| match &trigger.kind {
        TriggerKind::KafkaLag { .. } => None,
        TriggerKind::Resource(resource) => {
            let share = trigger.value("value").map(|share| format!(" {}%", share.value));
            Some(format!("{resource}{}", share.unwrap_or_default()))
        }
        TriggerKind::Scaler(scaler) => Some(scaler.value.clone()),
    });
    About::Service {
        run: service.run.value.word(),
        min: scale.min.value,
        max: scale.max.value,
        scaled_by: scaled_by.collect(),
        schedules: service.jobs.iter().map(|job| job.name.clone()).collect(),
    }
}

/// Of an address only the host: what stands before an `@` is a user, perhaps with a password.
fn about_external(external: &External) -> About {
    let address = match &external.target {
        ExternalTarget::App(app) => app.value.clone(),
        ExternalTarget::Url(url) => {
            let rest = url.value.split_once("://").map_or(url.value.as_str(), |(_, rest)| rest);
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            authority.rsplit('@').next().unwrap_or_default().to_owned()
        }
    };
    About::External { address }
}
