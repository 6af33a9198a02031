use super::evidence::{plain, written_items};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::Stack;
use crate::source::Span;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P707",
    severity: Severity::Warning,
    title: "certificate that nobody verifies in production",
    page: page!("P707"),
};

/// Dapr's keys that switch verification off, in the words of each component.
const OFF: [&str; 6] = [
    "skipVerify",
    "skipTLSVerify",
    "insecureSkipVerify",
    "insecureSkipTLSVerify",
    "insecureSSL",
    "insecureIgnoreHostKey",
];
/// KEDA's.
const UNSAFE: &str = "unsafeSsl";

pub(super) fn check_certificates(stack: &Stack, findings: &mut Findings) {
    if !stack.cluster.is_production() {
        return;
    }
    for component in stack.components.values() {
        for (item, key_at) in written_items(component).filter(|(item, _)| is_off(&item.key)) {
            if plain(item).is_some_and(is_yes) {
                let at = item.value.at.unwrap_or(key_at);
                findings.push(finding(at, &item.key, &format!("`{}`", component.name)));
            }
        }
    }
    for service in stack.services.values() {
        for trigger in &service.scale.triggers {
            let Some(value) = trigger.value(UNSAFE).filter(|value| is_yes(&value.value)) else { continue };
            findings.push(finding(value.at.unwrap_or(service.at), UNSAFE, &format!("a trigger of `{}`", service.name)));
        }
    }
}

fn finding(at: Span, key: &str, whose: &str) -> Finding {
    let message = format!("with `{key}` {whose} takes any certificate for the right one");
    Finding::new(&RULE, at, message).label("encrypted, to whoever answers").help(
        "take it away, and give the certificate of the authority: `tls: { ca: … }`, or the component's own key for it",
    )
}

fn is_off(key: &str) -> bool {
    OFF.iter().any(|off| off.eq_ignore_ascii_case(key))
}

fn is_yes(text: &str) -> bool {
    ["true", "1", "t", "y", "yes", "on", "enable"].iter().any(|yes| yes.eq_ignore_ascii_case(text))
}
