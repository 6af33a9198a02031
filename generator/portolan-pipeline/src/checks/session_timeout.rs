use super::evidence::{effective, go_duration, plain, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, MetadataItem, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P414", severity: Severity::Error, title: "session time-out that is refused", page: page!("P414") };

/// Dapr's defaults (components-contrib 1.18, `common/component/kafka/metadata.go`).
const SESSION: u64 = 10_000;
const HEARTBEAT: u64 = 3_000;
/// What a broker takes unless it is told otherwise: `group.min.session.timeout.ms`, `group.max.session.timeout.ms`.
const TAKEN: std::ops::RangeInclusive<u64> = 6_000..=1_800_000;

pub(super) fn check_sessions(stack: &Stack, findings: &mut Findings) {
    let consuming = |component: &&Component| component.kind.value.is_kafka() && component.broadcast_of.is_none();
    findings.extend(stack.components.values().filter(consuming).filter_map(finding).collect());
}

fn finding(component: &Component) -> Option<Finding> {
    let session = effective(component, "sessionTimeout");
    let heartbeat = effective(component, "heartbeatInterval");
    let (session_time, heartbeat_time) = (time(session, SESSION)?, time(heartbeat, HEARTBEAT)?);
    let at = |item: Option<&MetadataItem>| item.and_then(|item| item.value.at.or(item.key_at));
    let (session_at, heartbeat_at): (Option<Span>, Option<Span>) = (at(session), at(heartbeat));
    let place = session_at.or(heartbeat_at)?;
    if heartbeat_time >= session_time {
        let message = format!(
            "`{}` sends a heartbeat each {}, and its session ends after {} without one",
            component.name,
            spoken(heartbeat_time),
            spoken(session_time)
        );
        let finding = Finding::new(&RULE, heartbeat_at.unwrap_or(place), message).label("the component does not start");
        return Some(
            finding
                .related(session_at.filter(|_| heartbeat_at.is_some()), "the session")
                .help(format!("write `heartbeatInterval: {}ms`, a third of `sessionTimeout`", session_time / 3)),
        );
    }
    if TAKEN.contains(&session_time) {
        return None;
    }
    let message = format!("a session of {} is refused by a broker that has Kafka's defaults", spoken(session_time));
    Some(
        Finding::new(&RULE, place, message)
            .label("no member of the group gets in")
            .help("write a `sessionTimeout` between `6s` and `30m`, or raise the bounds of the broker"),
    )
}

/// The default where nothing is written; nothing where that cannot be read.
fn time(item: Option<&MetadataItem>, default: u64) -> Option<u64> {
    item.map_or(Some(default), |item| go_duration(plain(item)?))
}
