use super::evidence::{effective, plain};
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Broker, Component, Stack};
use crate::spec::document::Provider;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P141",
    severity: Severity::Error,
    title: "connection that the provider refuses",
    page: page!("P141"),
};

/// A listener of Amazon MSK: each way to log in has a port of its own.
struct Listener {
    /// Inside the VPC, and from outside where it is open to the outside.
    ports: &'static [u16],
    takes: &'static str,
}

static PLAINTEXT: Listener = Listener { ports: &[9092], takes: "clients without TLS" };
static TLS: Listener = Listener { ports: &[9094, 9194], takes: "TLS without a password" };
static SCRAM: Listener = Listener { ports: &[9096, 9196], takes: "SCRAM" };
static IAM: Listener = Listener { ports: &[9098, 9198], takes: "IAM" };

pub(super) fn check_connections(stack: &Stack, findings: &mut Findings) {
    for component in stack.components.values().filter(|component| component.broadcast_of.is_none()) {
        let Some(broker) = &component.broker else { continue };
        let finding = match broker.provider.value {
            Provider::Confluent => stranger(component, broker).or_else(|| in_the_clear(component, broker)),
            Provider::Msk => in_the_clear(component, broker).or_else(|| other_listener(component, broker)),
            Provider::Strimzi | Provider::Redpanda | Provider::Kafka => None,
        };
        findings.extend(finding.into_iter().collect());
    }
}

/// No user at all, where everybody has to be one.
fn stranger(component: &Component, broker: &Broker) -> Option<Finding> {
    let kind = effective(component, "authType").and_then(plain)?;
    if broker.credentials.is_some() || !kind.eq_ignore_ascii_case("none") {
        return None;
    }
    let message = format!("`{}` has no `auth`, and {} knows no client without a user", component.name, title(broker));
    let finding = Finding::new(&RULE, component.at, message).label("every connection would be refused");
    Some(finding.related(broker.provider.at, "who runs the broker").help(
        "add `auth: { username: { secret: NAME/KEY }, password: { secret: NAME/KEY } }` with an API key and its secret",
    ))
}

/// A password without TLS.
fn in_the_clear(component: &Component, broker: &Broker) -> Option<Finding> {
    let credentials = broker.credentials.as_ref()?;
    if broker.encryption.value.is_tls() {
        return None;
    }
    let message = format!("`{}` has a password and no TLS, and {} takes both only", component.name, title(broker));
    let finding = Finding::new(&RULE, broker.encryption.at.unwrap_or(component.at), message);
    Some(
        finding
            .label("every connection would be refused")
            .related(credentials.sasl.at.or(broker.provider.at), "how its clients log in")
            .help("take the line away: TLS is on wherever there is `auth`"),
    )
}

/// An address whose port belongs to clients of another kind.
fn other_listener(component: &Component, broker: &Broker) -> Option<Finding> {
    let wanted = listener(component, broker)?;
    let listeners = [&PLAINTEXT, &TLS, &SCRAM, &IAM];
    let (endpoint, found) = broker.addresses.known().iter().find_map(|endpoint| {
        let found = listeners.iter().find(|listener| listener.ports.contains(&endpoint.value.port))?;
        Some((endpoint, found)).filter(|_| !wanted.ports.contains(&endpoint.value.port))
    })?;
    let port = endpoint.value.port;
    let message = format!(
        "port {port} of Amazon MSK is for {}, and the clients of `{}` come with {}",
        found.takes,
        component.name,
        wanted.with()
    );
    let finding = Finding::new(&RULE, endpoint.at.unwrap_or(component.at), message).label("another listener");
    let help = match wanted.ports {
        [inside, outside] => format!("write port {inside}, or {outside} from outside the VPC"),
        ports => format!("write port {}", ports.first()?),
    };
    Some(finding.related(broker.provider.at, "who runs the broker").help(help))
}

impl Listener {
    /// What its clients bring.
    fn with(&self) -> &'static str {
        if self.ports == PLAINTEXT.ports { "no TLS" } else { self.takes }
    }
}

/// The listener for what the clients do; nothing where a secret decides.
fn listener(component: &Component, broker: &Broker) -> Option<&'static Listener> {
    let kind = effective(component, "authType").and_then(plain)?;
    Some(match (&broker.credentials, broker.encryption.value.is_tls()) {
        _ if kind.eq_ignore_ascii_case("awsiam") => &IAM,
        (Some(_), _) => &SCRAM,
        (None, true) => &TLS,
        (None, false) if kind.eq_ignore_ascii_case("none") => &PLAINTEXT,
        (None, false) => return None,
    })
}

fn title(broker: &Broker) -> &'static str {
    broker.provider.value.title()
}
