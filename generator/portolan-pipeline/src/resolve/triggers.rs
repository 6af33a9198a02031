use super::environment::BROKERS_VARIABLE;
use super::resolver::Resolver;
use super::services::Surroundings;
use crate::finding::Finding;
use crate::model::{
    Addresses, AuthenticationParameter, Broker, Component, Encryption, Fact, Scale, Subscription, Trigger, TriggerKind,
};
use crate::spec::contract::Delivery;
use crate::spec::document::{self, Run};
use crate::spec::{Duration, Located, Setting, rules};

/// KEDA's own defaults (ScaledObject `pollingInterval`, `cooldownPeriod`).
const POLLING_INTERVAL: Duration = Duration::seconds(30);
const COOLDOWN_PERIOD: Duration = Duration::seconds(300);

impl Resolver<'_> {
    pub(super) fn scale(
        &mut self,
        service: &Located<String>,
        written: &document::Service,
        run: &Fact<Run>,
        subscriptions: &[Subscription],
        around: Surroundings<'_>,
    ) -> Scale {
        let scale = &written.scale;
        let path = |field: &str| format!("services.{}.scale.{field}", service.value);
        let min = self.or_default(scale.min.as_ref(), &path("min"), 1);
        let max = self.or_default(scale.max.as_ref(), &path("max"), min.value.max(3));
        let polling_interval =
            self.or_default(scale.polling_interval.as_ref(), &path("pollingInterval"), POLLING_INTERVAL);
        let cooldown_period = self.or_default(scale.cooldown_period.as_ref(), &path("cooldownPeriod"), COOLDOWN_PERIOD);
        let cpu = scale.cpu.as_ref().map(Fact::from);
        let mut triggers = Vec::new();
        if let Some(lag) = &scale.lag {
            triggers.extend(
                subscriptions.iter().filter_map(|subscription| lag_trigger(subscription, lag, run.value, around)),
            );
        }
        for (topic, over) in &scale.triggers {
            match triggers.iter_mut().find(|trigger| is_for(trigger, &topic.value)) {
                Some(trigger) => self.override_metadata(trigger, over),
                None => self.dangling(crate::model::Reference::Topic, &topic.value, topic.at),
            }
        }
        triggers.extend(cpu.clone().map(|percent| cpu_trigger(percent, &service.value)));
        Scale { min, max, cpu, polling_interval, cooldown_period, triggers }
    }

    fn override_metadata(&mut self, trigger: &mut Trigger, over: &crate::spec::Entries<Located<Setting>>) {
        for (key, setting) in over {
            let Setting::Plain(text) = &setting.value else {
                let message = format!("`{}` of a trigger cannot come from a secret", key.value);
                let help = "KEDA takes secrets from the TriggerAuthentication, which follows from `auth` and `tls` of the component";
                self.findings.push(Finding::new(&rules::WRONG_TYPE, setting.at, message).help(help));
                continue;
            };
            let value = Fact::written_at(text.clone(), setting.at);
            match trigger.metadata.iter_mut().find(|(name, _)| *name == key.value) {
                Some((_, known)) => *known = value,
                None => trigger.metadata.push((key.value.clone(), value)),
            }
        }
    }
}

fn is_for(trigger: &Trigger, wanted: &str) -> bool {
    matches!(&trigger.kind, TriggerKind::KafkaLag { topic, .. } if topic.as_str() == wanted)
}

/// On the app's own container: over the whole pod, a sidecar without a CPU request leaves the metric without a value.
fn cpu_trigger(percent: Fact<crate::spec::Percent>, container: &str) -> Trigger {
    let value = percent.clone().map(|percent| percent.value().to_string());
    let container = Fact::derived(container.to_owned());
    let metadata = vec![("value".to_owned(), value), ("containerName".to_owned(), container)];
    Trigger { kind: TriggerKind::Cpu(percent), metadata, authentication: Vec::new() }
}

/// A trigger on the events that wait for a subscription. Broadcast has none: its groups come and go with the replicas.
fn lag_trigger(subscription: &Subscription, lag: &Located<u32>, run: Run, around: Surroundings<'_>) -> Option<Trigger> {
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
        ("tls".to_owned(), broker.encryption.clone().map(|encryption| tls_word(&encryption).to_owned())),
    ];
    let sasl = broker.credentials.as_ref().map(|credentials| credentials.sasl.clone());
    metadata
        .push(("sasl".to_owned(), sasl.map_or_else(|| text("none"), |sasl| sasl.map(|sasl| sasl.keda().to_owned()))));
    let kind =
        TriggerKind::KafkaLag { topic: subscription.topic.clone(), component: component.name.clone(), at: lag.at };
    Some(Trigger { kind, metadata, authentication: authentication(broker) })
}

/// KEDA's word for whether the connection is encrypted; its default is that it is not.
pub(crate) fn tls_word(encryption: &Encryption) -> &'static str {
    if encryption.is_tls() { "enable" } else { "disable" }
}

fn offset_reset(component: &Component) -> Fact<String> {
    let word = if component.plain("initialOffset") == Some("newest") { "latest" } else { "earliest" };
    Fact { value: word.to_owned(), at: component.item("initialOffset").and_then(|item| item.value.at) }
}

/// Addresses in a secret reach KEDA only through an environment variable of the container.
fn brokers_entry(addresses: &Addresses) -> (String, Fact<String>) {
    match addresses {
        Addresses::Secret { key, .. } => {
            ("bootstrapServersFromEnv".to_owned(), key.clone().map(|_| BROKERS_VARIABLE.to_owned()))
        }
        Addresses::Listed(endpoints) => {
            let list: Vec<String> = endpoints.iter().map(|endpoint| endpoint.value.to_string()).collect();
            let at = endpoints.first().and_then(|endpoint| endpoint.at);
            ("bootstrapServers".to_owned(), Fact { value: list.join(","), at })
        }
    }
}

fn authentication(broker: &Broker) -> Vec<AuthenticationParameter> {
    let mut parameters = Vec::new();
    if let Some(credentials) = &broker.credentials {
        parameters.push(AuthenticationParameter { parameter: "username", key: credentials.username.clone() });
        parameters.push(AuthenticationParameter { parameter: "password", key: credentials.password.clone() });
    }
    if let Encryption::Tls { ca: Some(ca) } = &broker.encryption.value {
        parameters.push(AuthenticationParameter {
            parameter: "ca",
            key: Fact { value: ca.clone(), at: broker.encryption.at },
        });
    }
    parameters
}
