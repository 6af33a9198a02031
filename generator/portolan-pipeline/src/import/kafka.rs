//! What the metadata of pubsub.kafka says of the broker. What it says beyond that stays metadata.

use serde_json::{Value, json};

use super::component::Items;
use super::draft::{Component, metadata};
use crate::spec::document::Sasl;
use crate::spec::{Endpoint, FromText};

/// A mechanism by Dapr's word for it.
fn sasl(dapr: &str) -> Option<Sasl> {
    [Sasl::Plain, Sasl::ScramSha256, Sasl::ScramSha512].into_iter().find(|sasl| sasl.dapr() == dapr)
}

struct Broker<'a> {
    items: &'a Items,
    used: Vec<&'a str>,
}

impl<'a> Broker<'a> {
    fn value(&self, name: &str) -> Option<(&'a str, &'a Value)> {
        let found = self.items.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(known, value)| (known.as_str(), value))
    }

    fn plain(&self, name: &str) -> Option<String> {
        match self.value(name)?.1 {
            Value::String(text) => Some(text.clone()),
            Value::Object(_) => None,
            other => Some(other.to_string()),
        }
    }

    fn secret(&self, name: &str) -> Option<Value> {
        self.value(name).map(|(_, value)| value.clone()).filter(Value::is_object)
    }

    /// Takes keys out of what stays metadata.
    fn used(&mut self, names: &[&str]) {
        let used: Vec<&str> = names.iter().filter_map(|name| Some(self.value(name)?.0)).collect();
        self.used.extend(used);
    }
}

pub(super) fn import_kafka(items: &Items, component: &mut Component) {
    let mut broker = Broker { items, used: Vec::new() };
    import_addresses(&mut broker, component);
    import_security(&mut broker, component);
    match broker.plain("initialOffset").as_deref() {
        Some("oldest") => broker.used(&["initialOffset"]),
        Some(_) => {}
        // Dapr's own default, which is not the spec's.
        None => {
            metadata(&mut component.fields).insert("initialOffset".to_owned(), json!("newest"));
        }
    }
    if let Some(largest) = broker.plain("maxMessageBytes").and_then(|text| text.parse().ok()) {
        component.largest = Some(largest);
        broker.used(&["maxMessageBytes"]);
    }
    component.place.insert("topics".to_owned(), json!("external"));
    let used = broker.used;
    for (name, value) in items.iter().filter(|(name, _)| !used.contains(&name.as_str())) {
        metadata(&mut component.fields).insert(name.clone(), value.clone());
    }
}

fn import_addresses(broker: &mut Broker<'_>, component: &mut Component) {
    if let Some(secret) = broker.secret("brokers") {
        component.place.insert("brokers".to_owned(), secret);
        broker.used(&["brokers"]);
        return;
    }
    let Some(list) = broker.plain("brokers") else { return };
    let addresses: Vec<&str> = list.split(',').map(str::trim).collect();
    if addresses.iter().all(|address| Endpoint::from_text(address).is_some()) {
        component.place.insert("brokers".to_owned(), json!(addresses));
        broker.used(&["brokers"]);
    }
}

fn import_security(broker: &mut Broker<'_>, component: &mut Component) {
    let place = &mut component.place;
    let off = broker.plain("disableTls").as_deref() == Some("true");
    let ca = broker.secret("caCert");
    match broker.plain("authType").as_deref() {
        Some("none") => broker.used(&["authType"]),
        Some("certificate") if ca.is_some() => {
            place.insert("tls".to_owned(), json!({ "ca": ca }));
            broker.used(&["authType", "caCert"]);
        }
        Some("password") => {
            let mechanism = broker.plain("saslMechanism").as_deref().and_then(sasl);
            let (username, password) = (broker.secret("saslUsername"), broker.secret("saslPassword"));
            let (Some(mechanism), Some(username), Some(password)) = (mechanism, username, password) else { return };
            let auth = json!({ "sasl": mechanism.word(), "username": username, "password": password });
            place.insert("auth".to_owned(), auth);
            broker.used(&["authType", "saslMechanism", "saslUsername", "saslPassword"]);
            if off {
                place.insert("tls".to_owned(), json!(false));
                broker.used(&["disableTls"]);
            } else if let Some(ca) = ca {
                place.insert("tls".to_owned(), json!({ "ca": ca }));
                broker.used(&["caCert"]);
            }
        }
        _ => {}
    }
}
