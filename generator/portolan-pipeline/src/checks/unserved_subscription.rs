use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Subscription};
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P802",
    severity: Severity::Error,
    title: "subscription that EventBridge cannot serve",
    page: page!("P802"),
};

pub(super) fn check_subscriptions(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        for subscription in &service.subscriptions {
            let carrier = stack.components.get(&subscription.component);
            if carrier.is_some_and(|carrier| carrier.kind.value.is_eventbridge()) {
                findings.extend(problem(service, subscription).into_iter().collect());
            }
        }
    }
}

fn problem(service: &Service, subscription: &Subscription) -> Option<Finding> {
    let (name, topic) = (&service.name, &subscription.topic);
    let (at, message, label, help) = if service.run.value == Run::Kafka {
        let message = format!("`{name}` consumes Kafka, and `{topic}` is on EventBridge");
        let help = "write `run: lambda`, or `run: dapr` to have it from a queue";
        (service.run.at, message, "no event of this topic is in Kafka", help)
    } else if service.has_sidecar() && subscription.delivery.value == Delivery::Broadcast {
        let message = format!(
            "each replica of `{name}` has to see every event of `{topic}`, and EventBridge has no group for each"
        );
        let help = "write `deploy: false` to leave it out of this environment, or carry the topic with a broker";
        (subscription.delivery.at, message, "a queue gives each event to one replica", help)
    } else if service.has_sidecar() && !subscription.rules.is_empty() {
        let message = format!("`{name}` routes `{topic}` by type, and what comes from a queue is posted to one path");
        let at = subscription.rules.iter().find_map(|rule| rule.route.at);
        (at, message, "these paths are never called", "let one route take all types, or carry the topic with a broker")
    } else {
        return None;
    };
    let finding = Finding::new(&RULE, at.unwrap_or(subscription.at), message).label(label);
    Some(finding.related(Some(subscription.at), "it is subscribed to here").help(help))
}
