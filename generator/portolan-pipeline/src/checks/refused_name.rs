use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{dns_label, dns_subdomain, kafka_topic, secret_key, service_label};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ExternalTarget, Service, Stack, Subscription, Topic, TopicName};
use crate::source::Span;
use crate::spec::document::{Run, TopicOwner};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P106", severity: Severity::Error, title: "name that is refused", page: page!("P106") };

/// A label's length in DNS.
const LABEL: usize = 63;
/// Helm's limit for the name of a release, which is the service's. KEDA's `keda-hpa-<service>` fits below 63 with it.
const RELEASE: usize = 53;
/// Dapr's operator makes a Service `<app-id>-dapr`.
const APP_ID: usize = LABEL - "-dapr".len();

pub(super) fn check_names(stack: &Stack, findings: &mut Findings) {
    let mut names = Names { findings };
    names.check_stack(stack);
    stack.services.values().for_each(|service| names.check_service(service));
    stack.components.values().for_each(|component| names.check_component(stack, component));
    names.check_topics(stack);
    names.check_secrets(stack);
    names.check_externals(stack);
}

struct Names<'a> {
    findings: &'a mut Findings,
}

impl Names<'_> {
    fn refuse(&mut self, what: &str, name: &str, at: Span, problem: Option<String>) {
        if let Some(problem) = problem {
            let finding = Finding::new(&RULE, at, format!("{what} `{name}` {problem}"));
            self.findings.push(finding.label("this name is refused").help("choose another name"));
        }
    }

    /// The namespace follows from the stack's name where it is not written.
    fn check_stack(&mut self, stack: &Stack) {
        let Some(at) = stack.name.at else { return };
        let problem = dns_label(&stack.name.value, LABEL);
        let refused = problem.is_some();
        self.refuse("the stack's name", &stack.name.value, at, problem);
        let namespace = &stack.cluster.namespace;
        if namespace.at.is_some() || !refused {
            self.refuse("namespace", &namespace.value, namespace.at.unwrap_or(at), dns_label(&namespace.value, LABEL));
        }
    }

    fn check_service(&mut self, service: &Service) {
        let (name, app_id) = (service.name.as_str(), service.app_id.value.as_str());
        let longest = if service.run.value == Run::Lambda { LABEL } else { RELEASE };
        let is_app_id = service.has_sidecar() && name == app_id;
        let problem = if service.expose.value || is_app_id { service_label(name, longest) } else { dns_label(name, longest) };
        self.refuse("service", name, service.at, problem);
        if service.has_sidecar() && !is_app_id {
            self.refuse("app-id", app_id, service.app_id.at.unwrap_or(service.at), service_label(app_id, APP_ID));
        }
    }

    fn check_component(&mut self, stack: &Stack, component: &Component) {
        let original = component.broadcast_of.as_ref();
        // What is wrong with a name is wrong with what begins with it.
        let reported = original.is_some_and(|original| dns_subdomain(original.as_str()).is_some());
        if !reported && stack.components.contains_key(original.unwrap_or(&component.name)) {
            self.refuse("component", component.name.as_str(), component.at, dns_subdomain(component.name.as_str()));
        }
    }

    fn check_topics(&mut self, stack: &Stack) {
        let (subscribed, strimzi) = (subscribed(stack), owned_by_strimzi(stack));
        for topic in stack.topics.values() {
            let name = topic.name.as_str();
            if let Some(problem) = kafka_topic(name) {
                self.refuse("topic", name, topic.at, Some(problem).filter(|_| !is_reported(topic)));
            } else if strimzi.contains(&topic.name) && dns_subdomain(name).is_some() {
                self.refuse("topic", name, topic.at, dns_subdomain(name).map(|why| format!("{why}, as a KafkaTopic is called after it")));
            } else if let Some((service, subscription)) = subscribed.get(&topic.name) {
                self.check_subscription(topic, service, subscription);
            }
        }
    }

    /// Kafka allows what no object of Kubernetes may be called.
    fn check_subscription(&mut self, topic: &Topic, service: &Service, subscription: &Subscription) {
        let name = format!("{}-{}", service.name, topic.name);
        let service_is_fine = dns_label(service.name.as_str(), LABEL).is_none();
        if let Some(problem) = dns_subdomain(&name).filter(|_| service_is_fine) {
            let message = format!("Subscription `{name}`, called after topic `{}`, {problem}", topic.name);
            self.findings.push(
                Finding::new(&RULE, topic.at, message)
                    .label("Kafka takes this name, Kubernetes does not")
                    .related(Some(subscription.at), format!("`{}` subscribes to it through Dapr", service.name))
                    .help("choose a topic name of lower-case letters, digits, `-` and `.`, or write `run: kafka`"),
            );
        }
    }

    fn check_secrets(&mut self, stack: &Stack) {
        for (name, secret) in &stack.secrets {
            self.refuse("secret", name.as_str(), secret.at, dns_subdomain(name.as_str()));
            for key in &secret.keys {
                self.refuse("secret key", &key.value, key.at.unwrap_or(secret.at), secret_key(&key.value));
            }
        }
    }

    fn check_externals(&mut self, stack: &Stack) {
        for (name, external) in &stack.externals {
            match &external.target {
                // An HTTPEndpoint is called after it.
                ExternalTarget::Url(_) => self.refuse("external service", name.as_str(), external.at, dns_subdomain(name.as_str())),
                ExternalTarget::App(app) => self.refuse("app-id", &app.value, app.at.unwrap_or(external.at), dns_subdomain(&app.value)),
            }
        }
    }
}

/// A topic's own dead-letter topic stands where the topic does, which is where its name is reported.
fn is_reported(topic: &Topic) -> bool {
    topic.dead_letter_of.as_ref().is_some_and(|original| kafka_topic(original.as_str()).is_some())
}

/// The topics that a sidecar subscribes to, each with the subscriber of the longest name.
fn subscribed(stack: &Stack) -> BTreeMap<&TopicName, (&Service, &Subscription)> {
    let mut longest: BTreeMap<&TopicName, (&Service, &Subscription)> = BTreeMap::new();
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        for subscription in &service.subscriptions {
            let known = longest.entry(&subscription.topic).or_insert((service, subscription));
            if service.name.as_str().len() > known.0.name.as_str().len() {
                *known = (service, subscription);
            }
        }
    }
    longest
}

fn owned_by_strimzi(stack: &Stack) -> BTreeSet<&TopicName> {
    let is_owned = |component: &&Component| component.broker.as_ref().is_some_and(|broker| broker.owner.value == TopicOwner::Strimzi);
    stack.components.values().filter(is_owned).flat_map(|component| &component.carries).collect()
}
