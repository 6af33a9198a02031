use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Topic};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P127",
    severity: Severity::Error,
    title: "sidecar option against the rest of the spec",
    page: page!("P127"),
};

/// Annotations that say again what stands in the spec, and where it does.
const SAID_ELSEWHERE: [(&str, &str); 5] = [
    ("dapr.io/enabled", "`run`"),
    ("dapr.io/app-id", "`appId`"),
    ("dapr.io/app-port", "`port`"),
    ("dapr.io/app-protocol", "`sidecar.protocol`"),
    ("dapr.io/config", "the service's name"),
];

pub(super) fn check_options(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.has_sidecar()) {
        check_annotations(service, findings);
        check_body(stack, service, findings);
        check_shutdown(service, findings);
    }
}

fn check_annotations(service: &Service, findings: &mut Findings) {
    for (name, value) in &service.sidecar.annotations {
        let said = SAID_ELSEWHERE.iter().find(|(known, _)| known == name);
        if let (Some((_, place)), Some(at)) = (said, value.at) {
            findings.push(
                Finding::new(&RULE, at, format!("`{name}` of `{}` follows from {place}", service.name))
                    .label("the rest of what is rendered goes by that")
                    .help(format!("take the annotation away; {place} says it for all that depends on it")),
            );
        }
    }
}

fn check_body(stack: &Stack, service: &Service, findings: &mut Findings) {
    let Some(written) = &service.sidecar.max_body else { return };
    let subscribed = service.subscriptions.iter().map(|subscription| &subscription.topic);
    let topics = subscribed.chain(service.publishes.iter().map(|publication| &publication.topic));
    let topics = topics.filter_map(|name| stack.topics.get(name));
    let Some(largest) = topics.max_by_key(|topic| topic.max_message.value) else { return };
    if written.value <= largest.max_message.value {
        findings.push(small_body(service, largest, written.at));
    }
}

fn small_body(service: &Service, largest: &Topic, at: Option<Span>) -> Finding {
    let message = format!(
        "the sidecar of `{}` lets nothing through that is as large as an event of `{}`",
        service.name, largest.name
    );
    Finding::new(&RULE, at.unwrap_or(service.at), message)
        .label("an event and its envelope do not fit")
        .related(largest.max_message.at.or(Some(largest.at)), "the largest event")
        .help("take `maxBody` away: it follows from the topics")
}

/// Kubernetes ends the pod when its grace is over, whoever still has work.
fn check_shutdown(service: &Service, findings: &mut Findings) {
    let sidecar = &service.sidecar;
    let seconds = |written: &Option<crate::model::Fact<crate::spec::Duration>>| {
        written.as_ref().map_or(0, |duration| duration.value.as_seconds())
    };
    let needed = seconds(&sidecar.block_shutdown) + seconds(&sidecar.graceful_shutdown);
    let at = sidecar.graceful_shutdown.as_ref().or(sidecar.block_shutdown.as_ref()).and_then(|written| written.at);
    if needed >= service.grace.value.as_seconds()
        && let Some(at) = at
    {
        let message = format!(
            "the sidecar of `{}` takes {needed}s to stop, and the pod has {}",
            service.name, service.grace.value
        );
        findings.push(
            Finding::new(&RULE, at, message)
                .label("it is killed at its work")
                .related(service.grace.at, "the pod's grace")
                .help("write a longer `grace`, or a shorter time"),
        );
    }
}
