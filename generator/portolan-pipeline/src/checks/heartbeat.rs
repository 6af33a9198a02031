use super::evidence::{effective, go_duration, plain, spoken};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P415",
    severity: Severity::Warning,
    title: "session that one lost heartbeat ends",
    page: page!("P415"),
};

pub(super) fn check_heartbeats(stack: &Stack, findings: &mut Findings) {
    let consuming = |component: &&Component| component.kind.value.is_kafka() && component.broadcast_of.is_none();
    findings.extend(stack.components.values().filter(consuming).filter_map(finding).collect());
}

/// More than half: the second heartbeat comes too late. What is not smaller at all is refused (P414).
fn finding(component: &Component) -> Option<Finding> {
    let time = |key: &str, default: &str| {
        let item = effective(component, key);
        let text = item.map_or(Some(default), plain)?;
        Some((go_duration(text)?, item.and_then(|item| item.value.at.or(item.key_at))))
    };
    let (session, session_at) = time("sessionTimeout", "10s")?;
    let (heartbeat, heartbeat_at) = time("heartbeatInterval", "3s")?;
    if heartbeat >= session || heartbeat * 2 <= session {
        return None;
    }
    let message = format!(
        "`{}` has {} between two heartbeats and {} until its session ends",
        component.name,
        spoken(heartbeat),
        spoken(session)
    );
    let at = heartbeat_at.or(session_at)?;
    Some(
        Finding::new(&RULE, at, message)
            .label("one that is lost makes the whole group share out its partitions anew")
            .related(session_at.filter(|other| *other != at), "the session")
            .help(format!("write `heartbeatInterval: {}ms`, a third of `sessionTimeout`", session / 3)),
    )
}
