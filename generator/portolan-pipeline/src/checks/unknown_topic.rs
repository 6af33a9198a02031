use super::evidence::Suggestions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Reference, Stack, TopicName};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P101", severity: Severity::Error, title: "unknown topic", page: page!("P101") };

pub(super) fn check_topics(stack: &Stack, findings: &mut Findings) {
    let mut suggestions = Suggestions::among(stack.topics.keys().map(TopicName::as_str));
    for dangling in stack.dangling.iter().filter(|dangling| dangling.reference == Reference::Topic) {
        let name = &dangling.name;
        // The topic is there, and so it was a trigger's override that found nothing to override.
        let finding = if stack.topics.contains_key(name.as_str()) {
            Finding::new(&RULE, dangling.at, format!("there is no lag trigger on `{name}` to override"))
                .label("no such trigger")
                .help("add `lag` to the service's `scale`, and the topic to what it subscribes to")
        } else {
            Finding::new(&RULE, dangling.at, format!("topic `{name}` is not declared"))
                .label("no such topic")
                .help(suggestions.help(name, "declare it under `topics`"))
        };
        findings.push(finding);
    }
}
