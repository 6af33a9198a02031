use std::collections::BTreeSet;

use super::evidence::listed_carriers;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Stack, Topic, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P211",
    severity: Severity::Error,
    title: "dead letters that never come to rest",
    page: page!("P211"),
};

pub(super) fn check_dead_letters(stack: &Stack, findings: &mut Findings) {
    let mut done: BTreeSet<&TopicName> = BTreeSet::new();
    for topic in stack.topics.values() {
        findings.extend(circle(stack, topic, &mut done).into_iter().collect());
    }
    check_carriers(stack, findings);
}

/// Follows the dead letters of a topic; what was followed once needs no second time.
fn circle<'a>(stack: &'a Stack, first: &'a Topic, done: &mut BTreeSet<&'a TopicName>) -> Option<Finding> {
    let mut path: Vec<&Topic> = Vec::new();
    let mut next = Some(first);
    let mut found = None;
    while let Some(topic) = next.filter(|topic| done.insert(&topic.name)) {
        path.push(topic);
        next = topic.dead_letter.as_ref().and_then(|target| stack.topics.get(&target.value));
        // What is on the path and comes again closes a circle.
        let again = next.and_then(|next| path.iter().position(|topic| topic.name == next.name));
        found = again.map(|start| finding(topic, path.len() - start));
    }
    found
}

fn finding(topic: &Topic, length: usize) -> Finding {
    let message = match length {
        1 => format!("the dead letters of `{}` go to `{}` itself", topic.name, topic.name),
        _ => format!("the dead letters of `{}` come back to it over {length} topics", topic.name),
    };
    let at = topic.dead_letter.as_ref().and_then(|target| target.at).unwrap_or(topic.at);
    Finding::new(&RULE, at, message)
        .label("an event that cannot be handled goes round for ever")
        .help("write `deadLetter: true` for a topic of its own, or name one whose own dead letters go elsewhere")
}

/// Dapr writes dead letters through the component that the event came by; who reads that topic may use another one.
fn check_carriers(stack: &Stack, findings: &mut Findings) {
    let carriers = listed_carriers(stack);
    for (topic, listed) in &carriers {
        let Some(topic) = stack.topics.get(*topic) else { continue };
        let Some(target) = &topic.dead_letter else { continue };
        let Some(others) = carriers.get(&target.value) else { continue };
        let Some((component, at)) = listed.first() else { continue };
        // The first by name is the one that readers use; a component carries the dead letters of its topics unasked.
        if others[0].0.name >= component.name || others.iter().any(|(other, _)| other.name == component.name) {
            continue;
        }
        let message = format!(
            "the dead letters of `{}` are written through `{}`, and `{}` is carried by `{}`",
            topic.name, component.name, target.value, others[0].0.name
        );
        findings.push(
            Finding::new(&RULE, target.at.unwrap_or(topic.at), message)
                .label("they lie where nobody looks for them")
                .related(at.at, format!("`{}` carries `{}`", component.name, topic.name))
                .related(others[0].1.at, format!("`{}` carries `{}`", others[0].0.name, target.value))
                .help("name a dead-letter topic that the same component carries, or write `deadLetter: true`"),
        );
    }
}
