use super::bus_variables::{bus_variables, function_variables};
use super::resolver::unique;
use super::surroundings::Surroundings;
use super::tracing::tracing_variables;
use crate::model::{Addresses, Broker, Encryption, Fact, Service, Subscription, TriggerKind};
use crate::spec::document::{self, Run};
use crate::spec::{SecretKey, Setting};

/// The variable that holds the broker's addresses: the consumer's own, and KEDA's way to addresses in a secret.
pub(super) const BROKERS_VARIABLE: &str = "KAFKA_BROKERS";

pub(super) type Variable = (String, Fact<Setting>);

/// What the container is told: what the runtime reads, then what the spec says, which wins.
pub(super) fn environment_variables(
    service: &Service,
    written: &document::Service,
    around: Surroundings<'_>,
) -> Vec<Variable> {
    let mut variables = Vec::new();
    // Somebody else's image has no runtime of ours to tell.
    if service.contract.is_some() {
        variables.extend(runtime_variables(service, around));
    }
    variables.extend(brokers_for_keda(service, around));
    variables.extend(tokens(service));
    let spoken = written.env.iter().map(|(name, setting)| (name.value.clone(), Fact::from(setting)));
    let mut all: Vec<Variable> = spoken.chain(variables).collect();
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    unique(all, |(name, _)| name.clone())
}

fn runtime_variables(service: &Service, around: Surroundings<'_>) -> Vec<Variable> {
    let mut variables = vec![
        variable("PORTOLAN_TRANSPORT", service.run.clone().map(|run| run.word().to_owned())),
        variable("OTEL_SERVICE_NAME", Fact::written_at(service.name.to_string(), service.at)),
    ];
    // Lambda brings each event itself; nobody listens there.
    if service.run.value != Run::Lambda {
        variables.push(variable("PORT", service.port.clone().map(|port| port.to_string())));
    }
    if let Some((tracing, otlp)) = around.tracing.and_then(|tracing| Some((tracing, tracing.otlp.as_ref()?))) {
        variables.extend(tracing_variables(tracing, otlp));
    }
    match service.run.value {
        Run::Dapr => variables.extend(sidecar_variables(service, around)),
        Run::Kafka => {
            variables.extend(consumer_variables(service, around));
            variables.extend(own_secrets(service));
        }
        Run::Lambda => {
            variables.extend(function_variables(service, around));
            variables.extend(own_secrets(service));
        }
    }
    variables.extend(bus_variables(service, around));
    variables
}

fn own_secrets(service: &Service) -> impl Iterator<Item = Variable> {
    service.secrets.iter().map(|key| (key.value.key.clone(), key.clone().map(Setting::Secret)))
}

/// Which component holds the secrets.
fn sidecar_variables(service: &Service, around: Surroundings<'_>) -> Vec<Variable> {
    let mut variables = Vec::new();
    let store = service.uses.iter().find(|used| {
        around.components.get(&used.value).is_some_and(|component| component.kind.value.block() == "secretstores")
    });
    variables.extend(store.map(|store| variable("PORTOLAN_SECRET_STORE", store.clone().map(|name| name.to_string()))));
    let largest = service.subscriptions.iter().filter_map(|subscription| delivered(subscription, around));
    variables.extend(largest.max_by_key(|size| size.value).map(|size| size_variable("PORTOLAN_MAX_BODY", size)));
    variables
}

/// The largest request of a subscription: Dapr limits the number of events in it, and no number of bytes.
fn delivered(subscription: &Subscription, around: Surroundings<'_>) -> Option<Fact<u64>> {
    let events = subscription.bulk.as_ref().map_or(1, |(most, _)| most.value);
    let record = around.topics.get(&subscription.topic)?.largest_record();
    Some(record.map(|bytes| u64::from(bytes) * u64::from(events)))
}

/// How a consumer reaches the broker, in librdkafka's words.
fn consumer_variables(service: &Service, around: Surroundings<'_>) -> Vec<Variable> {
    let Some(broker) = broker_of(service, around) else { return Vec::new() };
    let mut variables = broker_variables(broker);
    let topics: Vec<&str> = service.subscriptions.iter().map(|subscription| subscription.topic.as_str()).collect();
    if let Some(first) = service.subscriptions.first() {
        variables.push(variable("KAFKA_TOPICS", Fact::written_at(topics.join(","), first.at)));
        variables.push(variable("KAFKA_GROUP", first.group.clone()));
    }
    let subscribed = service.subscriptions.iter().map(|subscription| &subscription.topic);
    let published = service.publishes.iter().map(|publication| &publication.topic);
    let records = subscribed.chain(published).filter_map(|name| Some(around.topics.get(name)?.largest_record()));
    variables.extend(records.max_by_key(|size| size.value).map(|size| size_variable("KAFKA_MAX_MESSAGE", size)));
    variables
}

pub(super) fn broker_variables(broker: &Broker) -> Vec<Variable> {
    let mut variables = vec![brokers_variable(broker)];
    let protocol = match (&broker.credentials, broker.encryption.value.is_tls()) {
        (Some(_), true) => "SASL_SSL",
        (Some(_), false) => "SASL_PLAINTEXT",
        (None, true) => "SSL",
        (None, false) => "PLAINTEXT",
    };
    variables.push(variable("KAFKA_SECURITY_PROTOCOL", Fact { value: protocol.to_owned(), at: broker.encryption.at }));
    if let Encryption::Tls { ca: Some(ca) } = &broker.encryption.value {
        variables.push(secret("KAFKA_CA", Fact { value: ca.clone(), at: broker.encryption.at }));
    }
    if let Some(credentials) = &broker.credentials {
        variables.push(variable("KAFKA_SASL_MECHANISM", credentials.sasl.clone().map(|sasl| sasl.kafka().to_owned())));
        variables.push(secret("KAFKA_USERNAME", credentials.username.clone()));
        variables.push(secret("KAFKA_PASSWORD", credentials.password.clone()));
    }
    variables
}

fn brokers_variable(broker: &Broker) -> Variable {
    (BROKERS_VARIABLE.to_owned(), broker.addresses.setting())
}

/// KEDA reads addresses in a secret through the container, whatever image that is.
fn brokers_for_keda(service: &Service, around: Surroundings<'_>) -> Option<Variable> {
    let counted = service.scale.triggers.iter().find_map(|trigger| match &trigger.kind {
        TriggerKind::KafkaLag { component, .. } => around.components.get(component)?.broker.as_ref(),
        TriggerKind::Resource(_) | TriggerKind::Scaler(_) => None,
    })?;
    matches!(counted.addresses, Addresses::Secret { .. }).then(|| brokers_variable(counted))
}

/// Under the names that Dapr's SDKs read; the app compares the one and sends the other.
fn tokens(service: &Service) -> Vec<Variable> {
    let tokens = [("APP_API_TOKEN", &service.app_token), ("DAPR_API_TOKEN", &service.api_token)];
    let tokens = tokens.into_iter().filter(|_| service.has_sidecar());
    tokens.filter_map(|(name, token)| Some(secret(name, token.clone()?))).collect()
}

fn broker_of<'a>(service: &Service, around: Surroundings<'a>) -> Option<&'a Broker> {
    let subscribed = service.subscriptions.iter().map(|subscription| &subscription.component);
    let published = service.publishes.iter().map(|publication| &publication.component);
    subscribed.chain(published).find_map(|name| around.components.get(name)?.broker.as_ref())
}

pub(super) fn variable(name: &str, value: Fact<String>) -> Variable {
    (name.to_owned(), value.map(Setting::Plain))
}

fn size_variable<T: ToString>(name: &str, bytes: Fact<T>) -> Variable {
    variable(name, bytes.map(|bytes| bytes.to_string()))
}

fn secret(name: &str, key: Fact<SecretKey>) -> Variable {
    (name.to_owned(), key.map(Setting::Secret))
}
