use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fallback, Stack, Trigger};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P309",
    severity: Severity::Error,
    title: "fallback that falls back from nothing",
    page: page!("P309"),
};

pub(super) fn check_fallbacks(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|_| stack.cluster.keda.is_some()) {
        let Some(Fallback { replicas, .. }) = &service.scale.fallback else { continue };
        // CPU and memory are Kubernetes' own to count: KEDA is not asked.
        if service.scale.triggers.iter().any(Trigger::wakes) {
            continue;
        }
        let counted = service.scale.triggers.first();
        let (message, label) = match counted {
            Some(trigger) => (
                format!("`{}` has a fallback, and is scaled by {} alone", service.name, trigger.scaler()),
                "KEDA refuses the ScaledObject",
            ),
            None => (format!("`{}` has a fallback, and nothing is counted for it", service.name), "never taken"),
        };
        findings.push(
            Finding::new(&RULE, replicas.at.unwrap_or(service.at), message)
                .label(label)
                .related(counted.and_then(|trigger| trigger.value("value")?.at), "what it is scaled by")
                .help("take `fallback` away; the lower bound of the replicas is `min`"),
        );
    }
}
