use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P143", severity: Severity::Error, title: "event too large for the way", page: page!("P143") };

pub(super) fn check_sizes(stack: &Stack, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let (limit, whose) = broker.provider.value.largest_record();
        for topic in component.carries.iter().filter_map(|name| stack.topics.get(name)) {
            let record = topic.largest_record();
            let at = record.at.unwrap_or(topic.at);
            // A topic's own dead letters are as large as its events, and so is the line.
            if record.value <= limit || !seen.insert((component.name.clone(), at)) {
                continue;
            }
            let message = format!(
                "an event of `{}` may take {} bytes in Kafka, and {whose} carries {limit}",
                topic.name, record.value
            );
            findings.push(
                Finding::new(&RULE, at, message)
                    .label("a third more than this as base64, and the envelope")
                    .related(broker.provider.at, format!("who runs the broker of `{}`", component.name))
                    .help("write a smaller size, or put the data elsewhere and its address into the event"),
            );
        }
    }
}
