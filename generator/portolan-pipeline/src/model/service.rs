use super::{
    Access, AppId, Behavior, Binding, ComponentName, Fact, Function, JobShape, Modifiers, ServiceName, Sidecar,
    Subscription, TopicName, Trigger, Workflow,
};
use crate::source::{FileId, Span};
use crate::spec::document::{FallbackBehavior, Run};
use crate::spec::{Duration, Entries, EventSchema, Percent, Rate, SecretKey, Setting};

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
    /// What it does with bindings.
    pub bindings: Vec<Binding>,
    /// The middleware of requests to the sidecar's HTTP API, in their order.
    pub http_pipeline: Vec<Fact<ComponentName>>,
    /// The middleware of requests from the sidecar to the app, in their order.
    pub app_pipeline: Vec<Fact<ComponentName>>,
    /// The configuration stores that it follows, each with the keys; no keys are all of them.
    pub configuration: Vec<(Fact<ComponentName>, Vec<String>)>,
    /// The store of its actors and workflows.
    pub actor_store: Option<Fact<ComponentName>>,
    /// How it runs workflows.
    pub workflow: Option<Workflow>,
    /// How its sidecar runs.
    pub sidecar: Sidecar,
    /// Who may invoke it.
    pub access: Access,
    /// The components it uses beside pub/sub, and where it says so.
    pub uses: Vec<Fact<ComponentName>>,
    /// The secret keys it reads, and where it says so.
    pub secrets: Vec<Fact<SecretKey>>,
    /// The token by which the app knows its sidecar.
    pub app_token: Option<Fact<SecretKey>>,
    /// The token by which the sidecar knows its app.
    pub api_token: Option<Fact<SecretKey>>,
    /// Environment variables, the spec's word last.
    pub env: Vec<(String, Fact<Setting>)>,
    /// Its identity in the cloud.
    pub identity: Option<Fact<String>>,
    /// How many replicas.
    pub scale: Scale,
    /// CPU request, memory request, memory limit.
    pub resources: [Fact<String>; 3],
    /// How long a replica may take to finish what it began.
    pub grace: Fact<Duration>,
    /// How many events one replica handles, where the spec says so.
    pub handles: Option<Fact<Rate>>,
    /// TCP ports that it connects to.
    pub egress: Vec<Fact<u16>>,
    /// Its contract's file.
    pub contract: Option<FileId>,
    /// What its Lambda function is given, where it is one.
    pub function: Option<Function>,
    /// What its contract says of events' payloads, by event type.
    pub events: Entries<EventSchema>,
}

impl Service {
    /// Whether a Dapr sidecar runs beside it.
    pub fn has_sidecar(&self) -> bool {
        self.run.value == Run::Dapr
    }

    /// Every component that it uses, and where it says so.
    pub fn components(&self) -> impl Iterator<Item = (&ComponentName, Option<Span>)> {
        let subscribed = self.subscriptions.iter().map(|subscription| (&subscription.component, Some(subscription.at)));
        let published = self.publishes.iter().map(|publication| (&publication.component, Some(publication.at)));
        let bound = self.bindings.iter().map(|binding| (&binding.component, Some(binding.at)));
        let used = self.uses.iter().map(|used| (&used.value, used.at));
        let passed = self.http_pipeline.iter().chain(&self.app_pipeline).map(|handler| (&handler.value, handler.at));
        let followed = self.configuration.iter().map(|(store, _)| (&store.value, store.at));
        let kept = self.actor_store.iter().map(|store| (&store.value, store.at));
        subscribed.chain(published).chain(bound).chain(passed).chain(followed).chain(kept).chain(used)
    }
}

/// An image as far as the spec knows it.
#[derive(Debug, Clone)]
pub struct Image {
    /// Repository, without tag and digest.
    pub repository: Fact<String>,
    /// Whether the spec writes the image of this service, rather than a registry for all of them.
    pub written: bool,
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
        Self { repository: Fact { value: repository.to_owned(), at }, written: false, tag, digest }
    }
}

/// A topic that a service publishes to.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The topic.
    pub topic: TopicName,
    /// The component that carries it.
    pub component: ComponentName,
    /// The event types; empty: not known.
    pub types: Vec<String>,
    /// Where the service says so.
    pub at: Span,
    /// What orders its events.
    pub key: PublicationKey,
}

/// The field of the payload by which a topic's events are ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicationKey {
    /// Nobody says: no contract names the topic.
    Unknown,
    /// None, says the contract.
    Without,
    /// This one, says the contract.
    Field(Fact<String>),
}

impl PublicationKey {
    /// The field, where there is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(field) => Some(&field.value),
            Self::Unknown | Self::Without => None,
        }
    }
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
    /// One more replica for every so many events that wait.
    pub lag: Option<Fact<u32>>,
    /// The CPU use that replicas are kept at.
    pub cpu: Option<Fact<Percent>>,
    /// How often KEDA asks.
    pub polling_interval: Fact<Duration>,
    /// How long nothing may wait before the last replica goes.
    pub cooldown_period: Fact<Duration>,
    /// What KEDA counts.
    pub triggers: Vec<Trigger>,
    /// What holds while KEDA cannot ask.
    pub fallback: Option<Fallback>,
    /// Whether KEDA leaves the replicas as they are.
    pub paused: Fact<bool>,
    /// How long the highest recent need is kept to.
    pub scale_down_stabilization: Fact<Duration>,
    /// Where that stands in its short form.
    pub short_stabilization: Option<Span>,
    /// How fast the number of replicas changes.
    pub behavior: Behavior,
    /// What a job is like, where the replicas are jobs.
    pub job: Option<JobShape>,
    /// A field that only a `ScaledObject` has, and where it is written.
    pub of_a_scaled_object: Option<(&'static str, Span)>,
    /// So many replicas while there is nothing to do.
    pub idle: Option<Fact<u32>>,
    /// Whether the Deployment gets its own number back with the end of the ScaledObject.
    pub restore: Option<Fact<bool>>,
    /// The name of the HPA that KEDA makes.
    pub hpa_name: Option<Fact<String>>,
    /// One value computed from those of several triggers.
    pub modifiers: Option<Modifiers>,
    /// How long after its birth the ScaledObject keeps the last replica.
    pub initial_cooldown_period: Option<Fact<Duration>>,
}

impl Scale {
    /// How many replicas there are while there is nothing to do.
    pub fn at_rest(&self) -> &Fact<u32> {
        self.idle.as_ref().unwrap_or(&self.min)
    }
}

/// What holds while KEDA cannot ask.
#[derive(Debug, Clone)]
pub struct Fallback {
    /// After so many failures in a row.
    pub failures: Fact<u32>,
    /// So many replicas.
    pub replicas: Fact<u32>,
    /// Whether it is this number.
    pub behavior: Option<Fact<FallbackBehavior>>,
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
