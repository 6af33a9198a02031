use super::evidence::{delivered, thousandths};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P409", severity: Severity::Warning, title: "batch larger than the memory", page: page!("P409") };

/// What a sidecar is given; see `render/sidecar.rs`.
const SIDECAR: &str = "256Mi";

pub(super) fn check_bulk(stack: &Stack, findings: &mut Findings) {
    for delivered in delivered(stack) {
        let (service, subscription) = (delivered.service, delivered.subscription);
        let Some((max_messages, _)) = &subscription.bulk else { continue };
        let Some(topic) = stack.topics.get(&subscription.topic) else { continue };
        // Where nobody says how large events are, they are hardly that large.
        let size = &topic.max_message;
        if size.at.is_none() {
            continue;
        }
        let batch = u64::from(max_messages.value) * u64::from(size.value.as_bytes());
        let memory = &service.resources[2];
        let bytes = |text: &str| thousandths(text).map(|thousandths| thousandths / 1_000);
        let (Some(app), Some(sidecar)) = (bytes(&memory.value), bytes(SIDECAR)) else { continue };
        if u128::from(batch) <= app.min(sidecar) {
            continue;
        }
        let (who, limit) = if app <= sidecar { ("the app", memory.value.as_str()) } else { ("the sidecar", SIDECAR) };
        let message = format!(
            "{} events of `{}` may be {} MiB in one request, and {who} of `{}` has {limit} of memory",
            max_messages.value,
            topic.name,
            batch >> 20,
            service.name
        );
        let fit = app.min(sidecar) / u128::from(size.value.as_bytes().max(1)) / 4;
        findings.push(
            Finding::new(&RULE, max_messages.at.unwrap_or(subscription.at), message)
                .label("full batches come when much waits")
                .related(size.at, "the largest event")
                .related(memory.at.filter(|_| app <= sidecar), "the memory")
                .help(format!("write `maxMessages: {}`, or a smaller `maxMessage` of the topic", fit.max(1))),
        );
    }
}
