use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{RouteRule, Stack, Subscription};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P128",
    severity: Severity::Error,
    title: "routing rule with two conditions or none",
    page: page!("P128"),
};

pub(super) fn check_rules(stack: &Stack, findings: &mut Findings) {
    for subscription in stack.services.values().flat_map(|service| &service.subscriptions) {
        findings.extend(subscription.rules.iter().filter_map(|rule| check_rule(subscription, rule)).collect());
    }
}

fn check_rule(subscription: &Subscription, rule: &RouteRule) -> Option<Finding> {
    let route = &rule.route;
    let at: Span = route.at.unwrap_or(subscription.at);
    let (message, label, help) = match (&rule.condition, rule.types.first()) {
        (Some(_), None) | (None, Some(_)) => return None,
        (Some(_), Some(_)) => (
            format!("the rule for `{}` has `match` and `types`", route.value),
            "only one of them can decide",
            "keep `types`, or write the types into the expression: `event.type == \"…\" && …`",
        ),
        (None, None) => (
            format!("the rule for `{}` says nothing of the events it takes", route.value),
            "it would take all, and no rule behind it any",
            "add `types` or `match`; what takes the other events is `route` of the subscription",
        ),
    };
    let condition = rule.condition.as_ref().and_then(|condition| condition.at);
    Some(
        Finding::new(&RULE, condition.unwrap_or(at), message)
            .label(label)
            .help(help)
            .related(rule.types.first().and_then(|kind| kind.at).filter(|_| condition.is_some()), "the types"),
    )
}
