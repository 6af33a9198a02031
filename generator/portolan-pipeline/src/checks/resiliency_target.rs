use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P124", severity: Severity::Error, title: "resiliency target without an effect", page: page!("P124") };

/// The building blocks from which something comes to the app.
const INBOUND: [&str; 3] = ["pubsub", "bindings", "configuration"];
/// Those of which nothing is asked through the sidecar's API.
const NOTHING_OUTBOUND: [&str; 2] = ["middleware", "nameresolution"];

pub(super) fn check_targets(stack: &Stack, findings: &mut Findings) {
    for (name, sides) in &stack.resiliency.components {
        let Some(component) = stack.components.get(name) else { continue };
        let block = component.kind.value.block();
        if sides.inbound.is_none() && sides.outbound.is_none() {
            let message = format!("the target `{name}` says neither inbound nor outbound");
            findings.push(
                Finding::new(&RULE, sides.at, message)
                    .label("no policy is applied")
                    .help(format!("write `{name}: {{ outbound: POLICY }}`, or inbound for what comes to the app")),
            );
        }
        if let Some(at) = sides.inbound.as_ref().and_then(|policy| policy.at).filter(|_| !INBOUND.contains(&block)) {
            findings.push(without_effect(component, at, "inbound", "comes to an app from"));
        }
        let outbound = sides.outbound.as_ref().and_then(|policy| policy.at);
        if let Some(at) = outbound.filter(|_| NOTHING_OUTBOUND.contains(&block)) {
            findings.push(without_effect(component, at, "outbound", "is asked of"));
        }
    }
}

fn without_effect(component: &Component, at: Span, side: &str, what: &str) -> Finding {
    let message = format!("nothing {what} `{}`, so its {side} policy is never applied", component.name);
    Finding::new(&RULE, at, message)
        .label("without an effect")
        .related(component.kind.at, "the component's type")
        .help("take it away, or write the other side")
}
