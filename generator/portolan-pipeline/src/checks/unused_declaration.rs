use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ServiceName, Stack, TopicName};
use crate::source::Span;
use crate::spec::rules::page;

mod uses;

use uses::{Uses, words_of_manifests};

pub(super) static RULE: Rule =
    Rule { code: "P107", severity: Severity::Warning, title: "declaration that nobody uses", page: page!("P107") };

pub(super) fn check_declarations(stack: &Stack, findings: &mut Findings) {
    // What an unreadable contract uses is not known.
    if !stack.unread.is_empty() {
        return;
    }
    let uses = Uses::of(stack);
    let mut unused = Unused { stack, in_manifests: words_of_manifests(stack), findings };
    // Who uses a topic that no component carries is told that, and is no user in the graph.
    let carried: BTreeSet<&TopicName> = stack.components.values().flat_map(|component| &component.carries).collect();
    let unused_topics =
        stack.topics.values().filter(|topic| carried.contains(&topic.name) && !uses.topics.contains(&topic.name));
    for topic in unused_topics.filter(|topic| topic.dead_letter_of.is_none()) {
        unused.report("topic", topic.name.as_str(), topic.at, "nobody subscribes to it or publishes to it");
    }
    for component in stack.components.values().filter(|component| !uses.has_component(component)) {
        unused.report("component", component.name.as_str(), component.at, "nobody uses it");
    }
    let calling = stack.services.values().flat_map(|service| &service.access.policies);
    let callers: BTreeSet<&ServiceName> = calling.map(|policy| &policy.caller).collect();
    let unused_externals =
        stack.externals.iter().filter(|(name, _)| !stack.invokers.contains_key(*name) && !callers.contains(name));
    for (name, external) in unused_externals {
        unused.report("external service", name.as_str(), external.at, "nobody invokes it");
    }
    check_secrets(stack, &uses, &mut unused);
}

fn check_secrets(stack: &Stack, uses: &Uses<'_>, unused: &mut Unused<'_>) {
    let read: BTreeSet<&str> = uses.keys.iter().map(|key| key.secret.as_str()).collect();
    for (name, secret) in stack.secrets.iter().filter(|(_, secret)| !secret.keys.is_empty()) {
        let whole = !read.contains(name.as_str());
        let elsewhere = |key: &str| {
            stack.is_mentioned_elsewhere(name.as_str()) || stack.is_mentioned_elsewhere(&format!("{name}/{key}"))
        };
        let free = secret.keys.iter().filter(|key| !uses.has_key(name.as_str(), &key.value) && !elsewhere(&key.value));
        let free: Vec<_> = free.collect();
        if whole && free.len() == secret.keys.len() {
            unused.report("secret", name.as_str(), secret.at, "nobody reads any of its keys");
            continue;
        }
        for key in free {
            unused.report(
                "secret key",
                &format!("{name}/{}", key.value),
                key.at.unwrap_or(secret.at),
                "nobody reads it",
            );
        }
    }
}

struct Unused<'a> {
    stack: &'a Stack,
    in_manifests: BTreeSet<&'a str>,
    findings: &'a mut Findings,
}

impl Unused<'_> {
    /// What another environment mentions is used there; a manifest of one's own names a secret and its key apart.
    fn report(&mut self, what: &str, name: &str, at: Span, why: &str) {
        let whose = name.split('/').next().unwrap_or(name);
        if self.stack.is_mentioned_elsewhere(name) || self.in_manifests.contains(whose) {
            return;
        }
        let finding = Finding::new(&RULE, at, format!("{what} `{name}` is declared and {why}"));
        self.findings.push(finding.label("unused").help("take it away, or name it where it is used"));
    }
}
