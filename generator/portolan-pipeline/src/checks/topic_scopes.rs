use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Delivered, TopicList, delivered, published};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, ComponentName, Service, Stack, TopicName};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P209",
    severity: Severity::Error,
    title: "topic scopes that forbid what is done",
    page: page!("P209"),
};

/// What a component's lists let each app do. `None` where a list is not there: then nothing is forbidden by it.
struct Lists<'a> {
    publishing: Option<(TopicList<'a>, BTreeMap<&'a str, BTreeSet<&'a str>>)>,
    subscription: Option<(TopicList<'a>, BTreeMap<&'a str, BTreeSet<&'a str>>)>,
    allowed: Option<(TopicList<'a>, BTreeSet<&'a str>)>,
    protected: Option<(TopicList<'a>, BTreeSet<&'a str>)>,
}

/// What a service does with a topic.
struct Act<'a> {
    service: &'a Service,
    topic: &'a TopicName,
    at: Span,
    verb: &'static str,
}

pub(super) fn check_scopes(stack: &Stack, findings: &mut Findings) {
    let with_lists = stack.components.values().filter_map(|component| Some((&component.name, lists(component)?)));
    let lists: BTreeMap<&ComponentName, Lists<'_>> = with_lists.collect();
    if lists.is_empty() {
        return;
    }
    for (service, publication, component) in published(stack) {
        if let Some(lists) = lists.get(&component.name) {
            let act = Act { service, topic: &publication.topic, at: publication.at, verb: "publish to" };
            findings.extend(lists.refused(&act, component, "publishingScopes").into_iter().collect());
        }
    }
    for delivered in delivered(stack) {
        if let Some(lists) = lists.get(&delivered.component.name) {
            findings.extend(subscription(stack, lists, delivered).into_iter().collect());
        }
    }
}

/// The subscription itself, else its dead letters, which the subscriber's sidecar publishes.
fn subscription(stack: &Stack, lists: &Lists<'_>, delivered: Delivered<'_>) -> Option<Finding> {
    let Delivered { service, subscription, component, .. } = delivered;
    let act = |topic, verb| Act { service, topic, at: subscription.at, verb };
    let receive = act(&subscription.topic, "subscribe to");
    let dead_letters = stack.topics.get(&subscription.topic).and_then(|topic| topic.dead_letter.as_ref());
    lists.refused(&receive, component, "subscriptionScopes").or_else(|| {
        let put_away = act(&dead_letters?.value, "put its dead letters on");
        lists.refused(&put_away, component, "publishingScopes")
    })
}

fn lists(component: &Component) -> Option<Lists<'_>> {
    let by_app = |key| TopicList::of(component, key).map(|list| (list.apps(), list)).map(|(apps, list)| (list, apps));
    let for_all =
        |key| TopicList::of(component, key).map(|list| (list.topics(), list)).map(|(topics, list)| (list, topics));
    let lists = Lists {
        publishing: by_app("publishingScopes"),
        subscription: by_app("subscriptionScopes"),
        allowed: for_all("allowedTopics"),
        protected: for_all("protectedTopics"),
    };
    let some = lists.publishing.is_some() || lists.subscription.is_some();
    (some || lists.allowed.is_some() || lists.protected.is_some()).then_some(lists)
}

impl Lists<'_> {
    /// As `IsOperationAllowed` decides (dapr 1.18, `pkg/runtime/pubsub/adapter.go`).
    fn refused(&self, act: &Act<'_>, component: &Component, key: &'static str) -> Option<Finding> {
        let topic = act.topic.as_str();
        if let Some((list, _)) = self.allowed.as_ref().filter(|(_, topics)| !topics.contains(topic)) {
            return Some(finding(act, component, list, format!("add `{topic}` to it, or take the line away")));
        }
        let by_app = if key == "publishingScopes" { &self.publishing } else { &self.subscription };
        let app = act.service.app_id.value.as_str();
        let scoped = by_app.as_ref().and_then(|(list, apps)| Some((list, apps.get(app)?)));
        match (scoped, self.protected.as_ref().filter(|(_, topics)| topics.contains(topic))) {
            (Some((_, topics)), _) if topics.contains(topic) => None,
            (Some((list, _)), _) => {
                Some(finding(act, component, list, format!("add `{topic}` behind `{app}=`, or take the line away")))
            }
            (None, Some((list, _))) => {
                Some(finding(act, component, list, format!("add `{app}={topic}` to `{key}` of `{}`", component.name)))
            }
            (None, None) => None,
        }
    }
}

fn finding(act: &Act<'_>, component: &Component, list: &TopicList<'_>, help: String) -> Finding {
    let Act { service, topic, at, verb } = act;
    let message = format!("`{}` of `{}` does not let `{}` {verb} `{topic}`", list.key, component.name, service.name);
    Finding::new(&RULE, list.at().unwrap_or(component.at), message)
        .label("Dapr refuses it")
        .related(Some(*at), format!("`{}` says so here", service.name))
        .help(help)
}
