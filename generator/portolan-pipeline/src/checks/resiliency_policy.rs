use super::evidence::Suggestions;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P125",
    severity: Severity::Error,
    title: "resiliency policy that is unknown or taken",
    page: page!("P125"),
};

pub(super) fn check_policies(stack: &Stack, findings: &mut Findings) {
    let resiliency = &stack.resiliency;
    let own = resiliency.policies.iter().filter(|(name, _)| name.at.is_none());
    for (name, _) in own {
        let taken = resiliency.policies.iter().find(|(known, _)| known.at.is_some() && known.value == name.value);
        if let Some(at) = taken.and_then(|(known, _)| known.at) {
            findings.push(
                Finding::new(&RULE, at, format!("`{}` is a policy that every stack has", name.value))
                    .label("this name is taken")
                    .help(format!("write it as `{}` beside `policies`, or call it otherwise", name.value)),
            );
        }
    }
    let mut suggestions = Suggestions::among(resiliency.policies.iter().map(|(name, _)| name.value.as_str()));
    let sides = resiliency.components.values().flat_map(|sides| [&sides.inbound, &sides.outbound]).flatten();
    for policy in resiliency.apps.values().chain(sides).filter(|policy| resiliency.policy(&policy.value).is_none()) {
        let Some(at) = policy.at else { continue };
        findings.push(
            Finding::new(&RULE, at, format!("policy `{}` is not declared", policy.value))
                .label("Dapr applies none where it does not know the name")
                .help(suggestions.help(&policy.value, "declare it under `resiliency.policies`")),
        );
    }
}
