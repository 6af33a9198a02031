use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{ComponentName, Service, ServiceName, Stack, Subscription, TopicName};
use crate::source::Span;
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P201", severity: Severity::Error, title: "consumer group shared by services", page: page!("P201") };

/// How many of the services that share a group are shown.
const SHOWN: usize = 6;
/// Dapr's templates that differ from replica to replica.
const PER_REPLICA: [&str; 2] = ["{podName}", "{uuid}"];

type Member<'a> = (&'a Service, &'a Subscription);
/// Who reads a topic of a component as one group.
type Members<'a> = BTreeMap<(&'a ComponentName, &'a str, &'a TopicName), Vec<Member<'a>>>;
/// The same for all topics that are read by several services.
type Shared<'a> = BTreeMap<(&'a ComponentName, &'a str), Vec<Member<'a>>>;

pub(super) fn check_groups(stack: &Stack, findings: &mut Findings) {
    let mut shared: Shared<'_> = BTreeMap::new();
    for ((component, group, _), members) in members(stack) {
        if members.iter().any(|(service, _)| service.name != members[0].0.name) {
            shared.entry((component, group)).or_default().extend(members);
        }
    }
    for ((component, group), members) in shared {
        findings.push(finding(stack, component, group, &members));
    }
}

fn members(stack: &Stack) -> Members<'_> {
    let mut all: Members<'_> = BTreeMap::new();
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        for subscription in service.subscriptions.iter().filter(|known| known.delivery.value == Delivery::Shared) {
            let group = subscription.group.value.as_str();
            if PER_REPLICA.iter().all(|template| !group.contains(template)) {
                let key = (&subscription.component, group, &subscription.topic);
                all.entry(key).or_default().push((service, subscription));
            }
        }
    }
    all
}

fn finding(stack: &Stack, component: &ComponentName, group: &str, members: &[Member<'_>]) -> Finding {
    let services: BTreeSet<&ServiceName> = members.iter().map(|(service, _)| &service.name).collect();
    let topics: BTreeSet<&TopicName> = members.iter().map(|(_, subscription)| &subscription.topic).collect();
    let message = format!(
        "`{group}` is the consumer group of {} services, so each event of {} reaches only one of them",
        services.len(),
        listed(&topics),
    );
    let in_component = in_component(stack, component, members);
    let help = if in_component.is_some() {
        "take the line away: each service's group is then its app-id; or write the template `{appID}` into it"
    } else {
        "give each service a group of its own; without `group` it is the app-id"
    };
    let finding = Finding::new(&RULE, in_component.unwrap_or_else(|| place(members)), message)
        .label("one group for all of them")
        .help(help);
    members.iter().take(SHOWN).fold(finding, |finding, (service, subscription)| {
        let label = format!("`{}` needs every event of `{}`", service.name, subscription.topic);
        finding.related(Some(subscription.at), label)
    })
}

fn listed(topics: &BTreeSet<&TopicName>) -> String {
    match topics.iter().collect::<Vec<_>>().as_slice() {
        [only] => format!("`{only}`"),
        [first, _] => format!("`{first}` and another topic"),
        [first, others @ ..] => format!("`{first}` and {} more topics", others.len()),
        [] => String::new(),
    }
}

/// The group in the component's metadata, where the members take theirs from it.
fn in_component(stack: &Stack, component: &ComponentName, members: &[Member<'_>]) -> Option<Span> {
    let at = stack.components.get(component)?.written_group()?.value.at?;
    members.iter().any(|(_, subscription)| subscription.group.at == Some(at)).then_some(at)
}

/// The last group that was written, else the last service, whose app-id it is.
fn place(members: &[Member<'_>]) -> Span {
    let written = members.iter().filter_map(|(_, subscription)| subscription.group.at).max();
    written
        .or_else(|| members.iter().map(|(service, _)| service.app_id.at.unwrap_or(service.at)).max())
        .unwrap_or(members[0].1.at)
}
