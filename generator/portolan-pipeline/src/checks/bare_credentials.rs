use super::evidence::{effective, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Component, Stack};
use crate::source::Span;
use crate::spec::document::Provider;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P705",
    severity: Severity::Warning,
    title: "credentials over a connection without TLS in production",
    page: page!("P705"),
};

pub(super) fn check_credentials(stack: &Stack, findings: &mut Findings) {
    if !stack.cluster.is_production() {
        return;
    }
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some((sasl, at)) = bare(component).filter(|_| !refuses(component)) else { continue };
        let message = format!("the credentials of `{}` go to the broker without TLS", component.name);
        let label = match sasl {
            "PLAIN" => "the password can be read on the way",
            _ => "the password can be guessed from what is read on the way, and the events can be read",
        };
        let help = "write `tls: true`, with the port of the broker's encrypted listener; `tls: { ca: … }` for an authority of your own";
        findings.push(Finding::new(&RULE, at, message).label(label).help(help));
    }
}

/// The provider takes no password this way, which is another finding.
fn refuses(component: &Component) -> bool {
    let provider = component.broker.as_ref().map(|broker| broker.provider.value);
    matches!(provider, Some(Provider::Confluent | Provider::Msk))
}

/// The mechanism, and where TLS is switched off.
fn bare(component: &Component) -> Option<(&'static str, Span)> {
    let broker = component.broker.as_ref()?;
    if let Some(credentials) = &broker.credentials {
        let off = broker.encryption.at.filter(|_| !broker.encryption.value.is_tls());
        return Some((credentials.sasl.value.kafka(), off?));
    }
    // The same in Dapr's own words.
    let by_password = effective(component, "authType").and_then(plain)?.eq_ignore_ascii_case("password");
    let off = effective(component, "disableTls").filter(|item| plain(item) == Some("true"))?;
    let mechanism = effective(component, "saslMechanism").and_then(plain);
    let mechanism = if matches!(mechanism, Some("SHA-256" | "SHA-512")) { "SCRAM" } else { "PLAIN" };
    Some((mechanism, off.value.at.filter(|_| by_password)?))
}
