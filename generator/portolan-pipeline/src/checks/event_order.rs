use std::collections::BTreeMap;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Publication, PublicationKey, Service, Stack, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P411", severity: Severity::Warning, title: "one topic under two keys", page: page!("P411") };

pub(super) fn check_keys(stack: &Stack, findings: &mut Findings) {
    let mut keyed: BTreeMap<&TopicName, (&Service, &Publication)> = BTreeMap::new();
    for (service, publication) in ordered_publications(stack) {
        if let PublicationKey::Field(_) = publication.key {
            keyed.entry(&publication.topic).or_insert((service, publication));
        }
    }
    for (service, publication) in ordered_publications(stack) {
        if let Some((other, first)) = keyed.get(&publication.topic)
            && let Some(finding) = finding(service, publication, other, first)
        {
            findings.push(finding);
        }
    }
}

/// What is published to more than one partition. A field's name says nothing where nobody else has another.
fn ordered_publications(stack: &Stack) -> impl Iterator<Item = (&Service, &Publication)> {
    let publications = stack
        .services
        .values()
        .flat_map(|service| service.publishes.iter().map(move |publication| (service, publication)));
    publications.filter(|(_, publication)| {
        let partitions = |topic: &crate::model::Topic| topic.partitions.value > 1;
        stack.topics.get(&publication.topic).is_some_and(partitions)
    })
}

fn finding(service: &Service, publication: &Publication, other: &Service, first: &Publication) -> Option<Finding> {
    let PublicationKey::Field(expected) = &first.key else { return None };
    let (own, at) = match &publication.key {
        PublicationKey::Unknown => return None,
        PublicationKey::Field(field) if field.value == expected.value => return None,
        PublicationKey::Field(field) => (format!("by `{}`", field.value), field.at),
        PublicationKey::Without => ("without a key".to_owned(), None),
    };
    let message =
        format!("`{}` publishes `{}` {own}, `{}` by `{}`", service.name, publication.topic, other.name, expected.value);
    Some(
        Finding::new(&RULE, at.unwrap_or(publication.at), message)
            .label("its events land in other partitions, so nobody sees both in order")
            .related(expected.at, "the other key")
            .help("publish both under one key, or give the events that need no order a topic of their own"),
    )
}
