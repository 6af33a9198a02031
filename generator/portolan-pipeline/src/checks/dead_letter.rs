use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Suggestions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Reference, Stack, Subscription, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P401", severity: Severity::Error, title: "no place for dead letters", page: page!("P401") };

pub(super) fn check_dead_letters(stack: &Stack, findings: &mut Findings) {
    check_targets(stack, findings);
    let subscribers = subscribers(stack);
    // The chain ends somewhere: who reads dead letters has no further topic to put them.
    let targets: BTreeSet<&TopicName> =
        stack.topics.values().filter_map(|topic| topic.dead_letter.as_ref()).map(|target| &target.value).collect();
    for topic in stack.topics.values().filter(|topic| !targets.contains(&topic.name)) {
        let (Some(at), Some(subscription)) = (topic.dead_letter_off, subscribers.get(&topic.name)) else { continue };
        let message = format!("`{}` has subscribers and no dead-letter topic", topic.name);
        findings.push(
            Finding::new(&RULE, at, message)
                .label("an event that cannot be handled blocks its partition for ever")
                .related(Some(subscription.at), "it is subscribed to here")
                .help(format!("take the line away: dead letters then go to `{}.dlq`", topic.name)),
        );
    }
}

fn check_targets(stack: &Stack, findings: &mut Findings) {
    let mut suggestions = Suggestions::among(stack.topics.keys().map(TopicName::as_str));
    for dangling in stack.dangling.iter().filter(|dangling| dangling.reference == Reference::DeadLetterTopic) {
        let name = &dangling.name;
        let finding =
            Finding::new(&RULE, dangling.at, format!("dead letters go to topic `{name}`, which is not declared"));
        let declare = "declare it under `topics`, or write `deadLetter: true` for a topic of its own";
        findings.push(finding.label("no such topic").help(suggestions.help(name, declare)));
    }
}

/// One subscription of each topic.
fn subscribers(stack: &Stack) -> BTreeMap<&TopicName, &Subscription> {
    let subscriptions = stack.services.values().flat_map(|service| &service.subscriptions);
    subscriptions.map(|subscription| (&subscription.topic, subscription)).collect()
}
