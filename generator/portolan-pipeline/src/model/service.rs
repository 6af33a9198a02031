use super::{AppId, ComponentName, Fact, ServiceName, Subscription, TopicName, Trigger};
use crate::source::{FileId, Span};
use crate::spec::document::Run;
use crate::spec::{Duration, Entries, EventSchema, Percent, SecretKey, Setting};

/// A service that is deployed from here.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: ServiceName,
    /// Where it is declared.
    pub at: Span,
    /// Its Dapr app-id.
    pub app_id: Fact<AppId>,
    /// How it gets its events.
    pub run: Fact<Run>,
    /// The ways that its contract allows it to be run, and where it says so; empty: the contract does not say.
    pub modes: Vec<Fact<Run>>,
    /// Its image.
    pub image: Image,
    /// The port of its HTTP server.
    pub port: Fact<u16>,
    /// Whether other pods reach it by a Kubernetes Service.
    pub expose: Fact<bool>,
    /// What it is subscribed to.
    pub subscriptions: Vec<Subscription>,
    /// What it publishes.
    pub publishes: Vec<Publication>,
    /// What it invokes.
    pub invokes: Vec<Invocation>,
    /// What it schedules.
    pub jobs: Vec<Job>,
    /// The components it uses beside pub/sub, and where it says so.
    pub uses: Vec<Fact<ComponentName>>,
    /// The secret keys it reads, and where it says so.
    pub secrets: Vec<Fact<SecretKey>>,
    /// Environment variables, the spec's word last.
    pub env: Vec<(String, Fact<Setting>)>,
    /// How many replicas.
    pub scale: Scale,
    /// CPU request, memory request, memory limit.
    pub resources: [Fact<String>; 3],
    /// How long a replica may take to finish what it began.
    pub grace: Fact<Duration>,
    /// TCP ports that it connects to.
    pub egress: Vec<Fact<u16>>,
    /// Its contract's file.
    pub contract: Option<FileId>,
    /// What its contract says of events' payloads, by event type.
    pub events: Entries<EventSchema>,
}

impl Service {
    /// Whether a Dapr sidecar runs beside it.
    pub fn has_sidecar(&self) -> bool {
        self.run.value == Run::Dapr
    }
}

/// An image as far as the spec knows it.
#[derive(Debug, Clone)]
pub struct Image {
    /// Repository, without tag and digest.
    pub repository: Fact<String>,
    /// Tag, where the spec writes one.
    pub tag: Option<String>,
    /// Digest, where the spec writes one.
    pub digest: Option<String>,
}

impl Image {
    /// Takes a reference apart: `registry:5000/name:tag@sha256:…`.
    pub fn from_reference(reference: Fact<String>) -> Self {
        let Fact { value, at } = reference;
        let (rest, digest) = match value.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (value.as_str(), None),
        };
        let (repository, tag) = match rest.rsplit_once(':') {
            // A colon before a slash parts a registry from its port.
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag.to_owned())),
            _ => (rest, None),
        };
        Self { repository: Fact { value: repository.to_owned(), at }, tag, digest }
    }
}

/// A topic that a service publishes to.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The topic.
    pub topic: TopicName,
    /// The component that carries it.
    pub component: ComponentName,
    /// The event types that the contract names; empty: it does not say.
    pub types: Vec<String>,
    /// The field of the payload that is the message's key.
    pub key: Option<String>,
    /// Where the service says so.
    pub at: Span,
}

/// An invocation of another service.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The service invoked.
    pub service: ServiceName,
    /// The method, where the contract says one; else any.
    pub method: Option<String>,
    /// The HTTP verbs; empty: any.
    pub verbs: Vec<String>,
    /// Where the service says so.
    pub at: Span,
}

/// A job that a service schedules and receives.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name, with what varies in braces.
    pub name: String,
    /// Where the contract says so.
    pub at: Span,
}

/// How many replicas, and by what they are counted.
#[derive(Debug, Clone)]
pub struct Scale {
    /// At least so many.
    pub min: Fact<u32>,
    /// At most so many.
    pub max: Fact<u32>,
    /// The CPU use that replicas are kept at.
    pub cpu: Option<Fact<Percent>>,
    /// How often KEDA asks.
    pub polling_interval: Fact<Duration>,
    /// How long nothing may wait before the last replica goes.
    pub cooldown_period: Fact<Duration>,
    /// What KEDA counts.
    pub triggers: Vec<Trigger>,
    /// What holds while KEDA cannot ask: after so many failures, so many replicas.
    pub fallback: Option<(Fact<u32>, Fact<u32>)>,
    /// Whether KEDA leaves the replicas as they are.
    pub paused: Fact<bool>,
    /// How long the highest recent need is kept to.
    pub scale_down_stabilization: Fact<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_reference_is_taken_apart() {
        let parts = |text: &str| {
            let image = Image::from_reference(Fact::derived(text.to_owned()));
            (image.repository.value, image.tag, image.digest)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("mailer"), ("mailer".to_owned(), None, None));
        assert_eq!(parts("host:5000/mailer"), ("host:5000/mailer".to_owned(), None, None));
        assert_eq!(parts("host:5000/mailer:3.2"), ("host:5000/mailer".to_owned(), some("3.2"), None));
        assert_eq!(parts("mailer:3@sha256:ab"), ("mailer".to_owned(), some("3"), some("sha256:ab")));
    }
}
