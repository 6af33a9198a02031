use std::collections::BTreeSet;

use super::evidence::{Lag, consumed_components, effective, lag_triggers, plain, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Credentials, Fact, Stack};
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P206", severity: Severity::Error, title: "SASL dialects differ", page: page!("P206") };

pub(super) fn check_sasl(stack: &Stack, findings: &mut Findings) {
    let consumed = consumed_components(stack);
    for component in stack.components.values() {
        let Some(broker) = &component.broker else { continue };
        let others = consumed.contains(&component.name);
        for (item, key_at) in written_items(component) {
            let Some(text) = plain(item) else { continue };
            let at = item.value.at.unwrap_or(key_at);
            let finding = match item.key.to_ascii_lowercase().as_str() {
                "saslmechanism" => mechanism(component, broker, text, at),
                "authtype" => authentication(component, broker, text, at, others),
                _ => None,
            };
            findings.extend(finding.into_iter().collect());
        }
    }
    let mut seen = BTreeSet::new();
    // One line in a component is the cause for each of its triggers.
    let triggers = lag_triggers(stack).filter_map(|lag| trigger(&lag)).filter(|finding| seen.insert(finding.at));
    findings.extend(triggers.collect());
}

/// `saslMechanism` in the metadata beside `auth.sasl`.
fn mechanism(component: &Component, broker: &Broker, text: &str, at: Span) -> Option<Finding> {
    let sasl = &broker.credentials.as_ref()?.sasl;
    let word = sasl.value.dapr();
    if text == word {
        return None;
    }
    let message =
        format!("`saslMechanism` of `{}` is `{text}`, and `auth.sasl` is `{}`", component.name, sasl.value.word());
    let finding = Finding::new(&RULE, at, message).label("a word that Dapr does not know means PLAINTEXT to it");
    Some(
        finding
            .related(sasl.at, "the mechanism of every other client")
            .help(format!("take the line away: Dapr's word for it, `{word}`, follows from `auth.sasl`")),
    )
}

/// `authType` in the metadata beside `auth`, or without it where others than Dapr have to log in too.
fn authentication(component: &Component, broker: &Broker, text: &str, at: Span, others: bool) -> Option<Finding> {
    let by_password = text.eq_ignore_ascii_case("password");
    match &broker.credentials {
        Some(Credentials { sasl, .. }) if !by_password => {
            let message = format!("`authType` of `{}` is `{text}`, and `auth` says user and password", component.name);
            let finding = Finding::new(&RULE, at, message).label("how Dapr logs in");
            Some(finding.related(sasl.at, "how everybody else does").help("take the line away: it follows from `auth`"))
        }
        None if by_password && others => {
            let message = format!(
                "Dapr logs in to the broker of `{}` with a password, KEDA and the consumers do not",
                component.name
            );
            let finding = Finding::new(&RULE, at, message).label("only Dapr reads this");
            Some(finding.help(
                "write `auth: { sasl: …, username: …, password: … }` in its place: every dialect follows from it",
            ))
        }
        _ => None,
    }
}

fn trigger(lag: &Lag<'_>) -> Option<Finding> {
    let counted = lag.trigger.value("sasl")?;
    let (wanted, cause) = keda_word(lag);
    if counted.value == wanted || lag.trigger.value("saslFromEnv").is_some() {
        return None;
    }
    // Where the trigger says nothing itself, the component's metadata is the odd one out.
    let written = counted.at.filter(|at| Some(*at) != lag.broker.credentials.as_ref().and_then(|known| known.sasl.at));
    let at = written.or(cause).unwrap_or_else(|| lag.place(counted));
    let message = format!(
        "KEDA logs in to the broker of `{}` by `{}`, the others by `{wanted}`",
        lag.component.name, counted.value
    );
    let finding = Finding::new(&RULE, at, message)
        .label("another mechanism")
        .related(cause.filter(|cause| *cause != at), "the mechanism of the others");
    Some(match written {
        Some(_) => finding.help(format!("take the override away, or write `{wanted}`, KEDA's word for it")),
        None => finding.help(format!("write `triggers: {{ {}: {{ sasl: {wanted} }} }}` under `scale`", lag.topic)),
    })
}

/// KEDA's word for the way that Dapr logs in, and where that is written.
fn keda_word<'a>(lag: &Lag<'a>) -> (&'a str, Option<Span>) {
    let kind = effective(lag.component, "authType");
    let by_token = kind.and_then(plain).is_some_and(|text| {
        ["oidc", "oidc_private_key_jwt", "awsiam"].iter().any(|token| text.eq_ignore_ascii_case(token))
    });
    match &lag.broker.credentials {
        _ if by_token => ("oauthbearer", kind.and_then(|item| item.value.at)),
        Some(Credentials { sasl: Fact { value, at }, .. }) => (value.keda(), *at),
        None => ("none", None),
    }
}
