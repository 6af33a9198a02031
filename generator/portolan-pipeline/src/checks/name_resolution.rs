use super::evidence::Suggestions;
use crate::catalogue;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P611", severity: Severity::Error, title: "name resolution out of place", page: page!("P611") };

const BLOCK: &str = "nameresolution";

pub(super) fn check_name_resolution(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values().filter(|component| component.kind.value.block() == BLOCK) {
        let at = component.kind.at.unwrap_or(component.at);
        let message = format!("`{}` is name resolution, and a Component is never that", component.name);
        findings.push(Finding::new(&RULE, at, message).label("a sidecar refuses to load it").help(format!(
            "write `nameResolution: {{ type: {} }}` at the top of the stack",
            component.kind.value.name
        )));
    }
    let Some(resolution) = &stack.name_resolution else { return };
    let Some(release) = catalogue::dapr(&stack.cluster.dapr.value) else { return };
    let kind = &resolution.kind;
    if let Some(at) = kind.at
        && (kind.value.block() != BLOCK || release.component(&kind.value.name, &kind.value.version).is_none())
    {
        let known = release.types().filter(|name| name.starts_with("nameresolution."));
        let message = format!("Dapr {} has no name resolution `{}`", release.minor, kind.value);
        findings.push(
            Finding::new(&RULE, at, message).label("no sidecar starts with it").help(
                Suggestions::among(known)
                    .help(&kind.value.name, "take `nameResolution` away: Dapr's own is right in Kubernetes"),
            ),
        );
    }
}
