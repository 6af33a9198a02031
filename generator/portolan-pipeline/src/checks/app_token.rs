use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P703",
    severity: Severity::Warning,
    title: "exposed app that cannot tell its sidecar from others",
    page: page!("P703"),
};

pub(super) fn check_tokens(stack: &Stack, findings: &mut Findings) {
    if !stack.cluster.is_production() {
        return;
    }
    // Only where the contract is ours does portolan know that the app compares the token.
    let exposed = stack.services.values().filter(|service| service.has_sidecar() && service.expose.value);
    for service in exposed.filter(|service| service.contract.is_some() && service.app_token.is_none()) {
        let Some((what, at)) = delivered(service) else { continue };
        let message = format!("`{}` is exposed, and whoever reaches its port can post {what} to it", service.name);
        findings.push(
            Finding::new(&RULE, service.expose.at.unwrap_or(service.at), message)
                .label("no token tells its sidecar from others")
                .related(Some(at), "what Dapr delivers to it")
                .help("add `appToken: { secret: NAME/token }`: Dapr sends it, the app compares"),
        );
    }
}

fn delivered(service: &Service) -> Option<(&'static str, Span)> {
    let events = service.subscriptions.first().map(|subscription| ("events", subscription.at));
    events.or_else(|| service.jobs.first().map(|job| ("due jobs", job.at)))
}
