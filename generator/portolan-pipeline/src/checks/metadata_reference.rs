use super::evidence::{Slips, plain, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, MetadataItem, Stack, TopicName};
use crate::source::Span;
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule =
    Rule { code: "P111", severity: Severity::Warning, title: "metadata that names nothing", page: page!("P111") };

/// Metadata that names a pub/sub component (dapr 1.18, the outbox of a state store).
const COMPONENTS: [&str; 2] = ["outboxPublishPubsub", "outboxPubsub"];
/// Metadata that names a topic. Lists of topics that a pub/sub lets through are another check's.
const TOPIC: &str = "outboxPublishTopic";

pub(super) fn check_references(stack: &Stack, findings: &mut Findings) {
    let named = |keys: &[&str], item: &MetadataItem| keys.iter().any(|key| key.eq_ignore_ascii_case(&item.key));
    let mut slips = Slips::among(stack.topics.keys().map(TopicName::as_str));
    for component in stack.components.values() {
        for (item, key_at) in written_items(component) {
            let (Some(text), at) = (plain(item), item.value.at.unwrap_or(key_at)) else { continue };
            if named(&COMPONENTS, item) {
                findings.extend(unknown_component(stack, component, item, text, at).into_iter().collect());
            } else if named(&[TOPIC], item) {
                findings.extend(slip(stack, &mut slips, component, item, text.trim(), at).into_iter().collect());
            }
        }
    }
}

fn unknown_component(
    stack: &Stack,
    component: &Component,
    item: &MetadataItem,
    name: &str,
    at: Span,
) -> Option<Finding> {
    let is_bus = |known: &Component| known.kind.value.block() == "pubsub";
    if stack.components.get(name).is_some_and(is_bus) {
        return None;
    }
    let message = format!("`{}` of `{}` names `{name}`, which is no pub/sub of this stack", item.key, component.name);
    let buses = stack.components.values().filter(|known| is_bus(known)).map(|known| known.name.as_str());
    let known: Vec<&str> = buses.collect();
    let finding = Finding::new(&RULE, at, message).label("no such component");
    Some(finding.help(did_you_mean(name, known.iter().copied())))
}

/// A topic of another stack may stand there, so only what is nearly one of ours is a slip.
fn slip(
    stack: &Stack,
    slips: &mut Slips<'_>,
    component: &Component,
    item: &MetadataItem,
    topic: &str,
    at: Span,
) -> Option<Finding> {
    if stack.topics.contains_key(topic) {
        return None;
    }
    let near = slips.of(topic)?;
    let message = format!("`{}` of `{}` names topic `{topic}`, which is not declared", item.key, component.name);
    Some(Finding::new(&RULE, at, message).label("no such topic").help(format!("did you mean `{near}`?")))
}
