use super::evidence::Suggestions;
use crate::catalogue::SIDECAR_ANNOTATIONS;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P126", severity: Severity::Error, title: "unknown sidecar annotation", page: page!("P126") };

const PREFIX: &str = "dapr.io/";

pub(super) fn check_annotations(stack: &Stack, findings: &mut Findings) {
    let mut suggestions = Suggestions::among(SIDECAR_ANNOTATIONS);
    let sidecars = stack.services.values().filter(|service| service.has_sidecar()).map(|service| &service.sidecar);
    for (name, value) in sidecars.flat_map(|sidecar| &sidecar.annotations) {
        // What is not Dapr's is for somebody else.
        if !name.starts_with(PREFIX) || SIDECAR_ANNOTATIONS.contains(&name.as_str()) {
            continue;
        }
        let Some(at) = value.at else { continue };
        findings.push(
            Finding::new(&RULE, at, format!("Dapr's injector has no annotation `{name}`"))
                .label("it is left alone in silence")
                .help(suggestions.help(name, "take it away")),
        );
    }
}
