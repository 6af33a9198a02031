use std::collections::BTreeMap;

use crate::contract_diff::disagreement;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Publication, Service, Stack, Subscription, TopicName};
use crate::spec::EventSchema;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P810",
    severity: Severity::Error,
    title: "event that its subscriber does not take",
    page: page!("P810"),
};

type Publishers<'a> = BTreeMap<&'a TopicName, Vec<(&'a Service, &'a Publication)>>;

pub(super) fn check_events(stack: &Stack, findings: &mut Findings) {
    let mut publishers = Publishers::new();
    for service in stack.services.values() {
        for publication in service.publishes.iter().filter(|_| service.events.iter().len() > 0) {
            publishers.entry(&publication.topic).or_default().push((service, publication));
        }
    }
    for service in stack.services.values() {
        for subscription in &service.subscriptions {
            for (event, need) in &service.events {
                if subscription.types.is_empty() || subscription.types.contains(&event.value) {
                    check_event(&publishers, (service, subscription), &event.value, need, findings);
                }
            }
        }
    }
}

fn check_event(
    publishers: &Publishers<'_>,
    (service, subscription): (&Service, &Subscription),
    event: &str,
    need: &EventSchema,
    findings: &mut Findings,
) {
    for (publisher, publication) in publishers.get(&subscription.topic).into_iter().flatten() {
        let is_sent = publication.types.is_empty() || publication.types.iter().any(|kind| kind == event);
        // A service that reads its own events has one schema for both sides.
        let Some(promise) = publisher.events.get(event).filter(|_| is_sent && publisher.name != service.name) else {
            continue;
        };
        if let Some((what, promise, need)) = disagreement(promise, need) {
            let message = format!("`{}` does not take every `{event}` of `{}`: {what}", service.name, publisher.name);
            let finding = Finding::new(&RULE, need.at, message).label("needed here");
            let help = format!("let `{}` promise it in `events`, or let `{}` do without", publisher.name, service.name);
            findings.push(finding.related(Some(promise.at), "promised here").help(help));
        }
    }
}
