mod collisions;
mod labels;
mod topics;

use super::evidence::{dns_label, dns_subdomain, secret_key, service_label, variable};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ExternalTarget, Service, Stack};
use crate::source::Span;
use crate::spec::document::{Run, TopicOwner};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P106", severity: Severity::Error, title: "name that is refused or taken", page: page!("P106") };

/// A label's length in DNS.
const LABEL: usize = 63;
/// Helm's limit for the name of a release, which is the service's. KEDA's `keda-hpa-<service>` fits below 63 with it.
const RELEASE: usize = 53;
/// Dapr's operator makes a Service `<app-id>-dapr`.
const APP_ID: usize = LABEL - "-dapr".len();

/// How long a suggestion is: an environment's name may have to follow.
const NEAR: usize = 40;

pub(super) fn check_names(stack: &Stack, findings: &mut Findings) {
    let mut names = Names { findings };
    names.check_stack(stack);
    stack.services.values().for_each(|service| names.check_service(service));
    stack.components.values().for_each(|component| names.check_component(component));
    names.check_topics(stack);
    names.check_secrets(stack);
    names.check_externals(stack);
    names.check_collisions(stack);
    names.check_labels(stack);
}

struct Names<'a> {
    findings: &'a mut Findings,
}

impl Names<'_> {
    fn push(&mut self, at: Span, message: String, tell: impl FnOnce(Finding) -> Finding) {
        self.findings.push(tell(Finding::new(&RULE, at, message)));
    }

    fn refuse(&mut self, what: &str, name: &str, at: Span, problem: Option<String>) {
        if let Some(problem) = problem {
            let message = format!("{what} `{name}` {problem}");
            self.push(at, message, |finding| finding.label("this name is refused").help(other_name(name)));
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
        let problem =
            if service.expose.value || is_app_id { service_label(name, longest) } else { dns_label(name, longest) };
        self.refuse("service", name, service.at, problem);
        if service.has_sidecar() && !is_app_id {
            self.refuse("app-id", app_id, service.app_id.at.unwrap_or(service.at), service_label(app_id, APP_ID));
        }
        for (name, value) in &service.env {
            self.refuse("variable", name, value.at.unwrap_or(service.at), variable(name));
        }
    }

    fn check_component(&mut self, component: &Component) {
        let name = component.name.as_str();
        // What is wrong with a name is wrong with the copy that begins with it.
        let original = component.broadcast_of.as_ref();
        if original.is_none_or(|original| dns_subdomain(original.as_str()).is_none()) {
            self.refuse("component", name, component.at, dns_subdomain(name));
        }
        self.check_user(component);
    }

    /// Strimzi's KafkaUser is called after the user.
    fn check_user(&mut self, component: &Component) {
        let broker = component.broker.as_ref().filter(|_| component.broadcast_of.is_none());
        let broker = broker.filter(|broker| broker.owner.value == TopicOwner::Strimzi);
        let user = broker.and_then(|broker| broker.credentials.as_ref()?.user.as_ref());
        if let Some((user, at)) = user.and_then(|user| Some((user, user.at?))) {
            self.refuse("user", &user.value, at, dns_subdomain(&user.value));
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
                ExternalTarget::Url(_) => {
                    self.refuse("external service", name.as_str(), external.at, dns_subdomain(name.as_str()));
                }
                ExternalTarget::App(app) => {
                    self.refuse("app-id", &app.value, app.at.unwrap_or(external.at), dns_subdomain(&app.value));
                }
            }
        }
    }
}

/// A name near to the refused one that every side takes.
fn other_name(name: &str) -> String {
    let lower =
        name.to_lowercase().replace(|letter: char| !letter.is_ascii_lowercase() && !letter.is_ascii_digit(), "-");
    let begun = lower.trim_start_matches(|letter: char| !letter.is_ascii_lowercase());
    let mended: String = begun.chars().take(NEAR).collect();
    match mended.trim_end_matches('-') {
        "" => "choose a name of lower-case letters, digits and `-`".to_owned(),
        mended => format!("write `{mended}`, for instance"),
    }
}
