use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Delivered, delivered, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ComponentName, Fact, PublicationKey, Stack, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P412", severity: Severity::Warning, title: "order lost to parallel delivery", page: page!("P412") };

/// Component types that hand out events in parallel unless told otherwise: the key that tells, and its value
/// (components-contrib 1.18: `pubsub/concurrency.go`, `common/component/redis`, `pubsub/pulsar`).
const PARALLEL: [(&str, &str, &str); 5] = [
    ("pubsub.rabbitmq", "concurrencyMode", "single"),
    ("pubsub.aws.snssqs", "concurrencyMode", "single"),
    ("pubsub.snssqs", "concurrencyMode", "single"),
    ("pubsub.redis", "concurrency", "1"),
    ("pubsub.pulsar", "processMode", "sync"),
];

pub(super) fn check_order(stack: &Stack, findings: &mut Findings) {
    let keys = keys(stack);
    let mut seen: BTreeSet<&ComponentName> = BTreeSet::new();
    for delivered in delivered(stack) {
        let Some((key, wanted)) = parallel(delivered.component) else { continue };
        let Some(field) = keys.get(&delivered.subscription.topic) else { continue };
        if seen.insert(&delivered.component.name) {
            findings.push(finding(delivered, field, key, wanted));
        }
    }
}

/// The field that orders each topic, where a contract names one.
fn keys(stack: &Stack) -> BTreeMap<&TopicName, &Fact<String>> {
    let publications = stack.services.values().flat_map(|service| &service.publishes);
    let keyed = publications.filter_map(|publication| match &publication.key {
        PublicationKey::Field(field) => Some((&publication.topic, field)),
        PublicationKey::Unknown | PublicationKey::Without => None,
    });
    keyed.collect()
}

fn parallel(component: &Component) -> Option<(&'static str, &'static str)> {
    let (_, key, wanted) = PARALLEL.into_iter().find(|(kind, ..)| component.kind.value.name == *kind)?;
    let single =
        component.item(key).is_some_and(|item| plain(item).is_none_or(|text| text.eq_ignore_ascii_case(wanted)));
    (!single).then_some((key, wanted))
}

fn finding(delivered: Delivered<'_>, field: &Fact<String>, key: &str, wanted: &str) -> Finding {
    let Delivered { service, subscription, component, .. } = delivered;
    let message = format!(
        "`{}` hands `{}` several events of `{}` at once, which are ordered by `{}`",
        component.name, service.name, subscription.topic, field.value
    );
    let written = component.item(key);
    Finding::new(&RULE, written.and_then(|item| item.value.at).or(component.kind.at).unwrap_or(component.at), message)
        .label("a later event may be handled first")
        .related(field.at, "the key that is to keep them in order")
        .related(Some(subscription.at), "subscribed to here")
        .help(format!(
            "write `{key}: {wanted}` into the metadata of `{}`; one replica at a time keeps the order",
            component.name
        ))
}
