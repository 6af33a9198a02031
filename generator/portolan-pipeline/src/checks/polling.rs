use super::evidence::spoken;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Service, Stack, Trigger};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P312", severity: Severity::Warning, title: "polling that does not fit", page: page!("P312") };

pub(super) fn check_polling(stack: &Stack, findings: &mut Findings) {
    let polled = |service: &&Service| {
        stack.cluster.keda.is_some()
            && service.scale.min.value == 0
            && service.scale.triggers.iter().any(Trigger::wakes)
    };
    findings.extend(stack.services.values().filter(polled).filter_map(finding).collect());
}

fn finding(service: &Service) -> Option<Finding> {
    let (polling, cooldown) = (&service.scale.polling_interval, &service.scale.cooldown_period);
    if polling.value.as_milliseconds() == 0 {
        let message = format!("KEDA asks for `{}` without a pause", service.name);
        let finding = Finding::new(&RULE, polling.at?, message).label("each round asks the broker for every partition");
        return Some(finding.help("write `pollingInterval: 5s` or more; the default is `30s`"));
    }
    // Rounded as they are rendered.
    if cooldown.value.as_seconds() >= polling.value.as_seconds() {
        return None;
    }
    let at: Span = cooldown.at.or(polling.at)?;
    let message = format!(
        "`{}` goes to zero {} after its last event, and KEDA looks each {}",
        service.name,
        spoken(cooldown.value.as_milliseconds()),
        spoken(polling.value.as_milliseconds())
    );
    Some(
        Finding::new(&RULE, at, message)
            .label("one quiet look is enough to stop it, whatever came in between")
            .related(polling.at.filter(|other| *other != at), "how often it looks")
            .help("write a `cooldownPeriod` of several times the `pollingInterval`"),
    )
}
