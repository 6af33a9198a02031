use super::environment::BROKERS_VARIABLE;
use super::resolver::Resolver;
use super::services::Surroundings;
use crate::finding::Finding;
use crate::model::{
    Addresses, AuthenticationParameter, Broker, Component, Encryption, Fact, Scale, Subscription, Trigger, TriggerKind,
};
use crate::spec::contract::Delivery;
use crate::spec::document::{self, MetricType, Run};
use crate::spec::{Duration, Located, Percent, Setting, rules};

/// KEDA's own defaults (ScaledObject `pollingInterval`, `cooldownPeriod`).
const POLLING_INTERVAL: Duration = Duration::seconds(30);
const COOLDOWN_PERIOD: Duration = Duration::seconds(300);
/// Longer than any batch, so that no replica goes in the middle of one; also Kubernetes' default.
const STABILIZATION: Duration = Duration::seconds(300);

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
        let stabilization = scale.scale_down_stabilization.as_ref();
        Scale {
            triggers: self.triggers(service, scale, run, subscriptions, around),
            cpu: scale.cpu.as_ref().map(Fact::from),
            fallback: self.fallback(service, scale),
            paused: self.or_default(scale.paused.as_ref(), &path("paused"), false),
            scale_down_stabilization: self.or_default(stabilization, &path("scaleDownStabilization"), STABILIZATION),
            min,
            max,
            polling_interval,
            cooldown_period,
        }
    }

    fn triggers(
        &mut self,
        service: &Located<String>,
        scale: &document::Scale,
        run: &Fact<Run>,
        subscriptions: &[Subscription],
        around: Surroundings<'_>,
    ) -> Vec<Trigger> {
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
        let resources = [("cpu", &scale.cpu), ("memory", &scale.memory)];
        let used = resources.into_iter().filter_map(|(resource, percent)| Some((resource, percent.as_ref()?)));
        triggers.extend(used.map(|(resource, percent)| resource_trigger(resource, percent, &service.value)));
        triggers.extend(scale.schedules.iter().filter_map(|schedule| self.schedule_trigger(service, schedule)));
        triggers.extend(scale.scalers.iter().filter_map(|scaler| self.scaler_trigger(service, scaler, around)));
        triggers
    }

    fn fallback(&mut self, service: &Located<String>, scale: &document::Scale) -> Option<(Fact<u32>, Fact<u32>)> {
        let written = scale.fallback.as_ref()?;
        let path = format!("services.{}.scale.fallback.failures", service.value);
        let failures = self.or_default(written.failures.as_ref(), &path, 3);
        let Some(replicas) = &written.replicas else {
            self.missing(
                service.at,
                format!("`fallback` of `{}` does not say how many replicas", service.value),
                "add `replicas: NUMBER`",
            );
            return None;
        };
        Some((failures, replicas.into()))
    }

    fn schedule_trigger(&mut self, service: &Located<String>, schedule: &document::Schedule) -> Option<Trigger> {
        let (Some(start), Some(end), Some(replicas)) = (&schedule.start, &schedule.end, &schedule.replicas) else {
            let message = format!("a schedule of `{}` wants start, end and replicas", service.value);
            self.missing(service.at, message, "write start and end as five cron fields, as in \"0 8 * * 1-5\"");
            return None;
        };
        let path = format!("services.{}.scale.schedules.timezone", service.value);
        let timezone = self.or_default(schedule.timezone.as_ref(), &path, "UTC".to_owned());
        let metadata = vec![
            ("timezone".to_owned(), timezone),
            ("start".to_owned(), start.into()),
            ("end".to_owned(), end.into()),
            ("desiredReplicas".to_owned(), Fact::from(replicas).map(|replicas| replicas.to_string())),
        ];
        let kind = TriggerKind::Scaler(Fact::written_at("cron".to_owned(), start.at));
        Some(Trigger { kind, name: None, metadata, authentication: Vec::new(), metric_type: None })
    }

    fn scaler_trigger(
        &mut self,
        service: &Located<String>,
        scaler: &document::Scaler,
        around: Surroundings<'_>,
    ) -> Option<Trigger> {
        let Some(kind) = &scaler.kind else {
            self.missing(
                service.at,
                format!("a scaler of `{}` has no type", service.value),
                "add `type: SCALER`, as KEDA calls it",
            );
            return None;
        };
        let authentication = scaler.authentication.iter().map(|(parameter, reference)| {
            self.secret_reference(around.secrets, &reference.value.0, reference.at);
            AuthenticationParameter {
                parameter: parameter.value.clone(),
                key: Fact::from(reference).map(|reference| reference.0),
            }
        });
        let mut trigger = Trigger {
            authentication: authentication.collect(),
            kind: TriggerKind::Scaler(kind.into()),
            name: Some(Fact::from(scaler.name.as_ref().unwrap_or(kind))),
            metadata: Vec::new(),
            metric_type: scaler.metric_type.as_ref().map(Fact::from),
        };
        self.override_metadata(&mut trigger, &scaler.metadata);
        Some(trigger)
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

/// On the app's own container: over the whole pod, a sidecar without a request leaves the metric without a value.
fn resource_trigger(resource: &'static str, percent: &Located<Percent>, container: &str) -> Trigger {
    let value = Fact::from(percent).map(|percent| percent.value().to_string());
    let container = Fact::derived(container.to_owned());
    Trigger {
        kind: TriggerKind::Resource(resource),
        name: None,
        metadata: vec![("value".to_owned(), value), ("containerName".to_owned(), container)],
        authentication: Vec::new(),
        metric_type: Some(Fact::derived(MetricType::Utilization)),
    }
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
    let name = Some(Fact::written_at(subscription.topic.to_string(), lag.at));
    Some(Trigger { kind, name, metadata, authentication: authentication(broker), metric_type: None })
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
