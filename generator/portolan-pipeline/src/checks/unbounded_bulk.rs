use super::evidence::{Delivered, delivered};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P408", severity: Severity::Error, title: "bulk delivery with a bound of zero", page: page!("P408") };

pub(super) fn check_bulk(stack: &Stack, findings: &mut Findings) {
    for delivered in delivered(stack) {
        let Some((max_messages, max_await)) = &delivered.subscription.bulk else { continue };
        // What a component takes for zero (components-contrib 1.18, `pubsub/kafka`; dapr 1.18, `default_bulksub.go`).
        let (messages, wait) = if delivered.component.kind.value.is_kafka() { (80, "10 s") } else { (100, "1 s") };
        if let Some(at) = max_await.at.filter(|_| max_await.value.as_milliseconds() == 0) {
            findings.push(finding(delivered, at, "maxAwait", wait, "`maxAwait: 40ms`"));
        }
        if let Some(at) = max_messages.at.filter(|_| max_messages.value == 0) {
            findings.push(finding(delivered, at, "maxMessages", &messages.to_string(), "`maxMessages: 100`"));
        }
    }
}

fn finding(delivered: Delivered<'_>, at: Span, field: &str, taken: &str, help: &str) -> Finding {
    let message = format!(
        "`{field}` of `{}` is zero, for which `{}` takes {taken}",
        delivered.subscription.topic, delivered.component.kind.value
    );
    Finding::new(&RULE, at, message)
        .label("zero is no bound here")
        .related(delivered.component.kind.at, "the component that carries the topic")
        .help(format!("write {help}, or take the line away"))
}
