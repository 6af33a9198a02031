use super::evidence::{Lag, consumed_components, effective, lag_triggers, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Stack};
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P207", severity: Severity::Error, title: "TLS differs", page: page!("P207") };

pub(super) fn check_tls(stack: &Stack, findings: &mut Findings) {
    let consumed = consumed_components(stack);
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        // Metadata alone decides where nobody else reads what the spec says.
        let matters =
            broker.encryption.at.is_some() || broker.credentials.is_some() || consumed.contains(&component.name);
        if matters && let Some(finding) = metadata(component, broker) {
            findings.push(finding);
        }
    }
    findings.extend(lag_triggers(stack).filter_map(|lag| trigger(&lag)).collect());
}

fn metadata(component: &Component, broker: &Broker) -> Option<Finding> {
    let encrypted = broker.encryption.value.is_tls();
    if dapr_encrypts(component)? == encrypted {
        return None;
    }
    let (with, without) = if encrypted { ("without", "with") } else { ("with", "without") };
    let message = format!("Dapr connects to the broker of `{}` {with} TLS, everybody else {without}", component.name);
    let written = ["disableTls", "authType"]
        .iter()
        .filter_map(|key| effective(component, key))
        .find(|item| item.key_at.is_some());
    let at = written.and_then(|item| item.value.at).or(broker.encryption.at).unwrap_or(component.at);
    let finding = Finding::new(&RULE, at, message)
        .related(broker.encryption.at.filter(|other| *other != at), "what everybody else does");
    Some(match written {
        Some(_) => finding.label("what Dapr does").help(format!("take the line away, or write `tls: {}`", !encrypted)),
        None => finding.label("without `auth` Dapr's `authType` is `none`, which turns TLS off").help(
            "add `auth`; TLS without a user needs an authority of one's own: `tls: { ca: { secret: NAME/KEY } }`",
        ),
    })
}

/// Whether Dapr encrypts; nothing where a secret decides. TLS is on unless `disableTls` is true or `authType` is exactly `none`.
fn dapr_encrypts(component: &Component) -> Option<bool> {
    let value = |key: &str| match effective(component, key) {
        Some(item) => plain(item),
        None => Some(""),
    };
    let disabled = ["1", "t", "true", "y", "yes", "on"]
        .iter()
        .any(|yes| value("disableTls").is_some_and(|text| text.eq_ignore_ascii_case(yes)));
    value("disableTls")?;
    Some(!disabled && value("authType")? != "none")
}

fn trigger(lag: &Lag<'_>) -> Option<Finding> {
    let counted = lag.trigger.value("tls")?;
    let wanted = lag.broker.encryption.value.keda();
    if counted.value == wanted || lag.trigger.value("tlsFromEnv").is_some() {
        return None;
    }
    let message = format!(
        "`tls` of the trigger on `{}` is `{}`, the broker of `{}` wants `{wanted}`",
        lag.topic, counted.value, lag.component.name
    );
    Some(
        Finding::new(&RULE, lag.place(counted), message)
            .label("what KEDA does")
            .related(lag.broker.encryption.at, "what everybody else does")
            .help("take the override away: it follows from `tls` of the component"),
    )
}
