use super::lag::lag_trigger;
use super::resolver::Resolver;
use super::surroundings::Surroundings;
use crate::finding::Finding;
use crate::model::{AuthenticationParameter, Fact, PodIdentity, Subscription, Trigger, TriggerKind};
use crate::spec::document::{self, MetricType, Run};
use crate::spec::{Located, Percent, Setting, rules};

impl Resolver<'_> {
    /// Everything that KEDA counts for a service.
    pub(super) fn triggers(
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
        Some(Trigger { kind, name: None, metadata, authentication: Vec::new(), pod_identity: None, metric_type: None })
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
            pod_identity: self.pod_identity(scaler, kind),
            metric_type: scaler.metric_type.as_ref().map(Fact::from),
        };
        self.override_metadata(&mut trigger, &scaler.metadata);
        Some(trigger)
    }

    fn pod_identity(&mut self, scaler: &document::Scaler, kind: &Located<String>) -> Option<PodIdentity> {
        let written = scaler.pod_identity.as_ref()?;
        let Some(provider) = &written.provider else {
            let message = format!("`podIdentity` of scaler `{}` has no provider", kind.value);
            self.missing(kind.at, message, "add `provider: azure-workload`, `aws` or `gcp`");
            return None;
        };
        let parameters = [
            ("identityId", &written.identity),
            ("identityTenantId", &written.tenant),
            ("identityAuthorityHost", &written.authority_host),
            ("roleArn", &written.role),
            ("externalID", &written.external_id),
        ];
        let parameters = parameters.into_iter().filter_map(|(name, value)| Some((name, Fact::from(value.as_ref()?))));
        Some(PodIdentity {
            provider: provider.into(),
            owner: written.owner.as_ref().map(Fact::from),
            parameters: parameters.collect(),
        })
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
        pod_identity: None,
        metric_type: Some(Fact::derived(MetricType::Utilization)),
    }
}
