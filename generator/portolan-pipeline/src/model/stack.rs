use std::collections::{BTreeMap, BTreeSet};

use super::{
    Aws, Component, ComponentName, External, Fact, Image, Manifest, Monitoring, NameResolution, Resiliency, SecretName,
    Service, ServiceName, Topic, TopicName, Tracing,
};
use crate::source::Span;
use crate::spec::document::{Flavour, SecretOrigin};
use crate::spec::{Acceptance, Duration, SealedSecret};

/// One stack in one environment.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The stack's name.
    pub name: Fact<String>,
    /// The environment's name.
    pub environment: String,
    /// Where it runs.
    pub cluster: Cluster,
    /// Where the values of secrets come from.
    pub secret_source: SecretSource,
    /// How sidecars find each other; none where it is Dapr's own way.
    pub name_resolution: Option<NameResolution>,
    /// Where traces go.
    pub tracing: Option<Tracing>,
    /// What watches it.
    pub monitoring: Option<Monitoring>,
    /// The AWS account that it uses.
    pub aws: Option<Aws>,
    /// How what failed is repeated.
    pub resiliency: Resiliency,
    /// Topics, dead-letter topics among them.
    pub topics: BTreeMap<TopicName, Topic>,
    /// Secrets.
    pub secrets: BTreeMap<SecretName, Secret>,
    /// Components, those for broadcast among them.
    pub components: BTreeMap<ComponentName, Component>,
    /// Services.
    pub services: BTreeMap<ServiceName, Service>,
    /// Services that this environment leaves out, and where it says so.
    pub left_out: BTreeMap<ServiceName, Span>,
    /// Services that are not deployed from here.
    pub externals: BTreeMap<ServiceName, External>,
    /// Who invokes each service, by the service invoked.
    pub invokers: BTreeMap<ServiceName, BTreeSet<ServiceName>>,
    /// Manifests that somebody wrote by hand, templates among them.
    pub manifests: Vec<Manifest>,
    /// Whether all of the spec could be read; half a one cannot be checked.
    pub whole: bool,
    /// The services whose contract is there and could not be read.
    pub unread: BTreeSet<ServiceName>,
    /// What the other environments mention, where they are known.
    pub elsewhere: Option<BTreeSet<String>>,
    /// The findings that are meant to stay.
    pub acceptances: Vec<Acceptance>,
    /// Fields that do nothing where they stand.
    pub idle_fields: Vec<IdleField>,
    /// References to what is not declared; the checks report them.
    pub dangling: Vec<Dangling>,
    /// Which defaults were taken.
    pub defaults: Vec<DefaultTaken>,
}

/// The cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// What kind.
    pub flavour: Fact<Flavour>,
    /// The namespace of every object.
    pub namespace: Fact<String>,
    /// Dapr's version.
    pub dapr: Fact<String>,
    /// KEDA's version; none where there is no KEDA.
    pub keda: Option<Fact<String>>,
    /// Three replicas of each control-plane service.
    pub high_availability: Fact<bool>,
    /// Whether sidecars prove to each other who they are.
    pub mtls: Fact<bool>,
}

impl Cluster {
    /// Whether the checks ask of it what they ask of production: what has to outlive a node is no trial.
    pub fn is_production(&self) -> bool {
        self.high_availability.value
    }
}

impl Cluster {
    /// Whether Dapr's injector can make a sidecar that ends with the app: from 1.18 on. An unknown version is taken for a new one.
    pub fn has_native_sidecars(&self) -> bool {
        let mut numbers = self.dapr.value.split('.').map(|part| part.parse().unwrap_or(u32::MAX));
        (numbers.next(), numbers.next().unwrap_or(u32::MAX)) >= (Some(1), 18)
    }
}

/// Where the values of secrets come from.
#[derive(Debug, Clone)]
pub struct SecretSource {
    /// What brings them.
    pub origin: Fact<SecretOrigin>,
    /// The store of external-secrets.
    pub store: Option<Fact<String>>,
    /// How often it is asked.
    pub refresh: Fact<Duration>,
}

/// A secret: its keys, never its values.
#[derive(Debug, Clone)]
pub struct Secret {
    /// Where it is declared.
    pub at: Span,
    /// Its keys.
    pub keys: Vec<Fact<String>>,
    /// What stands where its SealedSecret is expected, if one is.
    pub sealed: Option<SealedSecret>,
}

impl Stack {
    /// Whether another environment mentions a name. Where the others are not known, any of them may.
    pub fn is_mentioned_elsewhere(&self, name: &str) -> bool {
        self.elsewhere.as_ref().is_none_or(|words| words.contains(name))
    }

    /// Runs a service from another image: a reference with a tag or a digest. Whether there is such a service.
    pub fn set_image(&mut self, service: &str, reference: &str) -> bool {
        let Some(service) = self.services.get_mut(service) else { return false };
        service.image = Image::from_reference(Fact::derived(reference.to_owned()));
        true
    }
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// A topic.
    Topic,
    /// A component, or a component or secret in `uses`.
    Component,
    /// A secret.
    Secret,
    /// A key of a declared secret.
    SecretKey,
    /// A service or an external one.
    Service,
    /// The topic that dead letters go to.
    DeadLetterTopic,
}

/// A reference to what is not declared.
#[derive(Debug, Clone)]
pub struct Dangling {
    /// What it should name.
    pub reference: Reference,
    /// The name.
    pub name: String,
    /// Where.
    pub at: Span,
}

/// A field that nothing reads, because of what another one says in the same file.
#[derive(Debug, Clone)]
pub struct IdleField {
    /// Its name.
    pub field: &'static str,
    /// Where.
    pub at: Span,
    /// Why nothing reads it, as a clause.
    pub why: String,
    /// What stands in its way.
    pub because: Span,
}

/// A default that was taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DefaultTaken {
    /// What it is for, as a path in the spec.
    pub path: String,
    /// The value.
    pub value: String,
}
