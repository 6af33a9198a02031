use serde_json::{Map, Value, json};

use super::reference;
use crate::model::{Addresses, Broker, Component, Stack};
use crate::spec::document::Sasl;

/// The brokers' names: one for each address, the first called as its component.
pub(super) fn names(component: &Component) -> Vec<String> {
    let count = component.broker.as_ref().map_or(0, |broker| broker.addresses.known().len().max(1));
    let number = |number: usize| if number == 0 { String::new() } else { format!("-{}", number + 1) };
    (0..count).map(|place| format!("{}{}", component.name, number(place))).collect()
}

/// The Kafka components of a stack. Their copies for broadcast are the same broker.
fn brokers(stack: &Stack) -> impl Iterator<Item = (&Component, &Broker)> {
    let components = stack.components.values().filter(|component| component.broadcast_of.is_none());
    components.filter_map(|component| Some((component, component.broker.as_ref()?)))
}

pub(super) fn servers(stack: &Stack) -> Value {
    let mut servers = Map::new();
    for (component, broker) in brokers(stack) {
        let known = broker.addresses.known();
        for (place, name) in names(component).into_iter().enumerate() {
            let mut server = match known.get(place) {
                Some(address) => json!({ "host": address.value.to_string() }),
                None => json!({ "host": "{brokers}", "variables": { "brokers": { "description": hidden(broker) } } }),
            };
            server["protocol"] = json!(if broker.encryption.value.is_tls() { "kafka-secure" } else { "kafka" });
            server["title"] = json!(format!("{} of {}", component.name, stack.environment));
            if broker.credentials.is_some() {
                server["security"] = json!([reference(&["components", "securitySchemes", component.name.as_str()])]);
            }
            servers.insert(name, server);
        }
    }
    Value::Object(servers)
}

/// Where addresses stand that nobody here knows.
fn hidden(broker: &Broker) -> String {
    match &broker.addresses {
        Addresses::Secret { key, .. } => format!("The addresses in the secret {}.", key.value),
        Addresses::Listed(_) => "The broker's addresses.".to_owned(),
    }
}

/// How clients prove who they are: the mechanism, and where the credentials lie.
pub(super) fn security_schemes(stack: &Stack) -> Value {
    let mut schemes = Map::new();
    for (component, broker) in brokers(stack) {
        let Some(credentials) = &broker.credentials else { continue };
        let kind = match credentials.sasl.value {
            Sasl::Plain => "plain",
            Sasl::ScramSha256 => "scramSha256",
            Sasl::ScramSha512 => "scramSha512",
        };
        let (user, password) = (&credentials.username.value, &credentials.password.value);
        let description = format!("User and password are in the secret keys {user} and {password}.");
        schemes.insert(component.name.to_string(), json!({ "type": kind, "description": description }));
    }
    Value::Object(schemes)
}
