use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, Service, Stack, Subscription, Topic};
use crate::spec::Rate;
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P314",
    severity: Severity::Warning,
    title: "more events than all replicas handle",
    page: page!("P314"),
};

const SECONDS: u64 = 24 * 60 * 60;

/// A topic whose rate is known, and who subscribes to it.
type Read<'a> = (&'a Subscription, &'a Topic, &'a Fact<Rate>);

pub(super) fn check_capacity(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let Some(handles) = &service.handles else { continue };
        let read: Vec<Read<'_>> = service
            .subscriptions
            .iter()
            .filter_map(|known| stack.topics.get(&known.topic).map(|topic| (known, topic)))
            .filter_map(|(known, topic)| Some((known, topic, topic.rate.as_ref()?)))
            .collect();
        let one = read.iter().find_map(|read| alone(service, handles, *read));
        findings.extend(one.or_else(|| together(service, handles, &read)).into_iter().collect());
    }
}

/// One topic is more than the replicas that can share its partitions handle, or than each handles of what is broadcast.
fn alone(service: &Service, handles: &Fact<Rate>, (subscription, topic, rate): Read<'_>) -> Option<Finding> {
    let (max, partitions) = (&service.scale.max, &topic.partitions);
    let broadcast = subscription.delivery.value == Delivery::Broadcast;
    let replicas = if broadcast { 1 } else { max.value.min(partitions.value) };
    let capacity = handles.value.per_day().saturating_mul(u64::from(replicas));
    if rate.value.per_day() <= capacity {
        return None;
    }
    let who = match replicas {
        _ if broadcast => format!("each replica of `{}`, which reads all of it, handles", service.name),
        1 => format!("one replica of `{}` handles", service.name),
        many => format!("{many} replicas of `{}` handle", service.name),
    };
    let message = format!("`{}` brings {}, and {who} {}", topic.name, rate.value, in_seconds(capacity));
    let needed = rate.value.per_day().div_ceil(handles.value.per_day().max(1));
    let help = if broadcast {
        "make the handler faster, or part the topic".to_owned()
    } else {
        format!("{needed} replicas would: write `max: {needed}`, and give the topic as many partitions or more")
    };
    Some(
        finding(service, rate, handles, message)
            .related(max.at.filter(|_| !broadcast && max.value <= partitions.value), "the most replicas")
            .related(
                partitions.at.filter(|_| !broadcast && partitions.value < max.value),
                "the partitions that they share",
            )
            .help(help),
    )
}

/// Each of the topics is little enough, and all of them are too much.
fn together(service: &Service, handles: &Fact<Rate>, read: &[Read<'_>]) -> Option<Finding> {
    let shared = read.iter().filter(|(known, ..)| known.delivery.value == Delivery::Shared);
    let sum = shared.map(|(.., rate)| rate.value.per_day()).fold(0_u64, u64::saturating_add);
    let max = &service.scale.max;
    let capacity = handles.value.per_day().saturating_mul(u64::from(max.value));
    if sum <= capacity {
        return None;
    }
    let needed = sum.div_ceil(handles.value.per_day().max(1));
    let (.., rate) = read.iter().max_by_key(|(.., rate)| rate.value.per_day())?;
    let message = format!(
        "the topics of `{}` bring {}, and {} of its replicas handle {}",
        service.name,
        in_seconds(sum),
        max.value,
        in_seconds(capacity)
    );
    Some(
        finding(service, rate, handles, message)
            .related(max.at, "the most replicas")
            .help(format!("{needed} replicas would: write `max: {needed}`")),
    )
}

fn finding(service: &Service, rate: &Fact<Rate>, handles: &Fact<Rate>, message: String) -> Finding {
    Finding::new(&RULE, rate.at.unwrap_or(service.at), message)
        .label("the rest waits, and there is more of it all the time")
        .related(handles.at, "what one replica handles")
}

/// In the unit that a number fits.
fn in_seconds(per_day: u64) -> String {
    match per_day {
        few if few < SECONDS => format!("{}/h", few / 24),
        many => format!("{}/s", many / SECONDS),
    }
}
