use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P142",
    severity: Severity::Error,
    title: "number of replicas that the provider refuses",
    page: page!("P142"),
};

pub(super) fn check_replication(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let (provider, replicas) = (broker.provider.value, broker.replication.value);
        let Some(why) = provider.refuses_replication(replicas) else { continue };
        let message = format!("`replication` of `{}` is {replicas}, and {} {why}", component.name, provider.title());
        findings.push(
            Finding::new(&RULE, broker.replication.at.unwrap_or(component.at), message)
                .label("no topic could be created")
                .related(broker.provider.at, "who runs the broker")
                .help("write `replication: 3`, or take the line away: 3 is the default"),
        );
    }
}
