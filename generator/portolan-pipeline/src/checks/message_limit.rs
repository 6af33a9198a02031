use std::collections::BTreeSet;

use super::evidence::{plain, published, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ComponentName, Fact, Publication, Stack, Topic};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P410", severity: Severity::Error, title: "limits of an event's size differ", page: page!("P410") };

/// What the producer takes for a limit that is not above zero (sarama, `Producer.MaxMessageBytes`).
const DEFAULT: u64 = 1_024 * 1_024;

pub(super) fn check_limits(stack: &Stack, findings: &mut Findings) {
    let mut seen: BTreeSet<&ComponentName> = BTreeSet::new();
    for (_, publication, component) in published(stack).filter(|(_, _, component)| component.kind.value.is_kafka()) {
        let Some((limit, at)) = written_limit(component) else { continue };
        let Some(size) = stack.topics.get(&publication.topic).map(|topic| &topic.max_message) else { continue };
        if u64::from(size.value.as_bytes()) > limit && seen.insert(&component.name) {
            findings.push(describe(component, publication, size, limit, at));
        }
    }
    findings.extend(stack.topics.values().filter_map(|topic| dead_letter(stack, topic)).collect());
}

/// The limit that the spec writes into the metadata.
fn written_limit(component: &Component) -> Option<(u64, Span)> {
    let (item, key_at) = written_items(component).find(|(item, _)| item.key.eq_ignore_ascii_case("maxMessageBytes"))?;
    let written: i64 = plain(item)?.trim().parse().ok()?;
    let limit = u64::try_from(written).ok().filter(|limit| *limit > 0).unwrap_or(DEFAULT);
    Some((limit, item.value.at.unwrap_or(key_at)))
}

fn describe(
    component: &Component,
    publication: &Publication,
    size: &Fact<crate::spec::Size>,
    limit: u64,
    at: Span,
) -> Finding {
    let message = format!(
        "`{}` refuses events of `{}` above {limit} bytes, and the topic takes {}",
        component.name,
        publication.topic,
        size.value.as_bytes()
    );
    Finding::new(&RULE, at, message)
        .label("the producer's limit")
        .related(size.at, "the topic's limit")
        .related(Some(publication.at), "published here")
        .help("take the line away: the limit of the component follows from its topics")
}

/// A dead letter is as large as the event was.
fn dead_letter(stack: &Stack, topic: &Topic) -> Option<Finding> {
    let target = topic.dead_letter.as_ref()?;
    let limit = &stack.topics.get(&target.value)?.max_message;
    let size = &topic.max_message;
    if limit.value >= size.value {
        return None;
    }
    let message = format!(
        "events of `{}` may have {} bytes, and `{}`, where its dead letters go, takes {}",
        topic.name,
        size.value.as_bytes(),
        target.value,
        limit.value.as_bytes()
    );
    Some(
        Finding::new(&RULE, limit.at.or(target.at).unwrap_or(topic.at), message)
            .label("a larger one cannot be put away, and blocks its partition")
            .related(size.at, format!("the limit of `{}`", topic.name))
            .help(format!("give `{}` the same `maxMessage`", target.value)),
    )
}
