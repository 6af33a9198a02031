use super::evidence::longest_gap;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Topic, Trigger, TriggerKind};
use crate::spec::Duration;
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P711",
    severity: Severity::Warning,
    title: "events that expire before their subscriber runs",
    page: page!("P711"),
};

pub(super) fn check_retention(stack: &Stack, findings: &mut Findings) {
    let sleeping = stack.services.values().filter(|service| {
        stack.cluster.keda.is_some() && service.scale.min.value == 0 && service.run.value != Run::Lambda
    });
    for service in sleeping {
        let Some(gap) = time_off(service) else { continue };
        let Some(topic) = first_to_expire(stack, service).filter(|topic| topic.retention.value < gap) else { continue };
        let message = format!(
            "`{}` is off for {}h at a stretch, and `{}` keeps events for {}h",
            service.name,
            hours(gap),
            topic.name,
            hours(topic.retention.value)
        );
        let schedule = service.scale.triggers.first().and_then(|trigger| trigger.value("start")?.at);
        findings.push(
            Finding::new(&RULE, topic.retention.at.unwrap_or(topic.at), message)
                .label("what comes early in that time is gone by its end")
                .related(schedule, "when it runs")
                .help(format!("write `retention: {}h` or more, or add `lag` to wake the service", hours(gap))),
        );
    }
}

fn hours(time: Duration) -> u64 {
    time.as_seconds().div_ceil(3600)
}

/// The longest time without a replica, where nothing but times of the week wakes the service.
fn time_off(service: &Service) -> Option<Duration> {
    let waking: Vec<&Trigger> = service.scale.triggers.iter().filter(|trigger| trigger.wakes()).collect();
    let is_time = |trigger: &&Trigger| matches!(&trigger.kind, TriggerKind::Scaler(kind) if kind.value == "cron");
    if waking.is_empty() || !waking.iter().all(is_time) {
        return None;
    }
    let text = |trigger: &'_ Trigger, key: &str| trigger.value(key).map(|value| value.value.clone());
    let times: Option<Vec<(String, String)>> =
        waking.iter().map(|trigger| Some((text(trigger, "start")?, text(trigger, "end")?))).collect();
    let times = times?;
    let minutes = longest_gap(times.iter().map(|(start, end)| (start.as_str(), end.as_str())))?;
    Some(Duration::seconds(u64::try_from(minutes).ok()? * 60))
}

/// The topic that it shares with its replicas and that forgets first; a broadcast has no memory of what was missed.
fn first_to_expire<'a>(stack: &'a Stack, service: &Service) -> Option<&'a Topic> {
    let shared = service.subscriptions.iter().filter(|known| known.delivery.value == Delivery::Shared);
    shared.filter_map(|known| stack.topics.get(&known.topic)).min_by_key(|topic| topic.retention.value)
}
