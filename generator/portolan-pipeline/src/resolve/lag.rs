use super::environment::BROKERS_VARIABLE;
use super::surroundings::Surroundings;
use crate::model::{
    Addresses, AuthenticationParameter, Broker, Component, Encryption, Fact, Subscription, Trigger, TriggerKind,
};
use crate::spec::contract::Delivery;
use crate::spec::document::Run;
use crate::spec::{Located, Setting};

/// A trigger on the events that wait for a subscription. Broadcast has none: its groups come and go with the replicas.
pub(super) fn lag_trigger(
    subscription: &Subscription,
    lag: &Located<u32>,
    run: Run,
    around: Surroundings<'_>,
) -> Option<Trigger> {
    let component = around.components.get(&subscription.component)?;
    let broker =
        component.broker.as_ref().filter(|_| subscription.delivery.value == Delivery::Shared && run != Run::Lambda)?;
    let text = |value: &str| Fact::derived(value.to_owned());
    let mut metadata = vec![
        brokers_entry(&broker.addresses),
        ("consumerGroup".to_owned(), subscription.group.clone()),
        ("topic".to_owned(), Fact::written_at(subscription.topic.to_string(), subscription.at)),
        ("lagThreshold".to_owned(), Fact::from(lag).map(|lag| lag.to_string())),
        // As the consumer reads: from the oldest, or a group without offsets counts as having no lag.
        ("offsetResetPolicy".to_owned(), offset_reset(component)),
        ("tls".to_owned(), broker.encryption.clone().map(|encryption| encryption.keda().to_owned())),
    ];
    let sasl = broker.credentials.as_ref().map(|credentials| credentials.sasl.clone());
    metadata
        .push(("sasl".to_owned(), sasl.map_or_else(|| text("none"), |sasl| sasl.map(|sasl| sasl.keda().to_owned()))));
    let kind =
        TriggerKind::KafkaLag { topic: subscription.topic.clone(), component: component.name.clone(), at: lag.at };
    let name = Some(Fact::written_at(subscription.topic.to_string(), lag.at));
    Some(Trigger {
        kind,
        name,
        metadata,
        authentication: authentication(broker),
        pod_identity: None,
        metric_type: None,
    })
}

fn offset_reset(component: &Component) -> Fact<String> {
    let word = if component.plain("initialOffset") == Some("newest") { "latest" } else { "earliest" };
    Fact { value: word.to_owned(), at: component.item("initialOffset").and_then(|item| item.value.at) }
}

/// Addresses in a secret reach KEDA only through an environment variable of the container.
fn brokers_entry(addresses: &Addresses) -> (String, Fact<String>) {
    let Fact { value, at } = addresses.setting();
    match value {
        Setting::Secret(_) => ("bootstrapServersFromEnv".to_owned(), Fact { value: BROKERS_VARIABLE.to_owned(), at }),
        Setting::Plain(list) => ("bootstrapServers".to_owned(), Fact { value: list, at }),
    }
}

fn authentication(broker: &Broker) -> Vec<AuthenticationParameter> {
    let mut parameters = Vec::new();
    if let Some(credentials) = &broker.credentials {
        parameters
            .push(AuthenticationParameter { parameter: "username".to_owned(), key: credentials.username.clone() });
        parameters
            .push(AuthenticationParameter { parameter: "password".to_owned(), key: credentials.password.clone() });
    }
    if let Encryption::Tls { ca: Some(ca) } = &broker.encryption.value {
        parameters.push(AuthenticationParameter {
            parameter: "ca".to_owned(),
            key: Fact { value: ca.clone(), at: broker.encryption.at },
        });
    }
    parameters
}
