use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Binding, Fact, Service, Stack, Subscription};
use crate::spec::rules::page;
use crate::suggest::did_you_mean;

pub(super) static RULE: Rule = Rule {
    code: "P105",
    severity: Severity::Error,
    title: "route that the contract does not have",
    page: page!("P105"),
};

pub(super) fn check_routes(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values() {
        if service.has_sidecar() {
            findings.extend(service.bindings.iter().filter_map(|binding| unserved_binding(service, binding)).collect());
        }
        for subscription in &service.subscriptions {
            let Some(served) = &subscription.served else { continue };
            if served.is_empty() {
                findings.push(unhandled_topic(service, subscription));
            } else if service.has_sidecar() {
                let rules = subscription.rules.iter().map(|rule| &rule.route);
                let routes = rules.chain([&subscription.route]);
                let unserved = routes.filter(|route| served.iter().all(|known| known.value != route.value));
                unserved.for_each(|route| findings.push(unserved_route(service, subscription, route, served)));
            }
        }
    }
}

/// A contract that gives a binding a route serves that one only.
fn unserved_binding(service: &Service, binding: &Binding) -> Option<Finding> {
    let (route, served) = (binding.route.as_ref()?, binding.served.as_ref()?);
    if route.value == served.value {
        return None;
    }
    let message = format!("`{}` does not serve the route `{}` for `{}`", service.name, route.value, binding.component);
    let finding = Finding::new(&RULE, route.at.unwrap_or(binding.at), message)
        .label("Dapr asks the app for this route, gets 404 and lets no event in")
        .related(served.at, "the route in the contract")
        .help(format!("write `{}`; the route follows from the contract when none is written", served.value));
    Some(finding)
}

fn unhandled_topic(service: &Service, subscription: &Subscription) -> Finding {
    let (name, topic) = (&service.name, &subscription.topic);
    Finding::new(&RULE, subscription.at, format!("the contract of `{name}` does not subscribe to `{topic}`"))
        .label("nobody handles these events")
        .related(Some(service.at), "its contract says what its code handles")
        .help("take the subscription away, or handle the topic in the service and write its contract anew")
}

fn unserved_route(
    service: &Service,
    subscription: &Subscription,
    route: &Fact<String>,
    served: &[Fact<String>],
) -> Finding {
    let message = format!("`{}` does not serve the route `{}` for `{}`", service.name, route.value, subscription.topic);
    let nearest = did_you_mean(&route.value, served.iter().map(|known| known.value.as_str()));
    Finding::new(&RULE, route.at.unwrap_or(subscription.at), message)
        .label("Dapr would get 404 and drop each event")
        .related(served.iter().find_map(|known| known.at), "the route in the contract")
        .help(format!(
            "{nearest}{} the route follows from the contract when none is written",
            if nearest.ends_with('?') { "" } else { ";" }
        ))
}
