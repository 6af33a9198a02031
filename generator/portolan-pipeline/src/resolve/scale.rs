use super::job::of_a_scaled_object;
use super::resolver::Resolver;
use super::surroundings::Surroundings;
use crate::model::{Fact, Fallback, Scale, Subscription};
use crate::spec::document::{self, Run};
use crate::spec::{Duration, Located};

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
        let job = self.job_shape(service, scale);
        let min = self.or_default(scale.min.as_ref(), &path("min"), u32::from(job.is_none()));
        let max = self.or_default(scale.max.as_ref(), &path("max"), min.value.max(3));
        let polling_interval =
            self.or_default(scale.polling_interval.as_ref(), &path("pollingInterval"), POLLING_INTERVAL);
        let cooldown_period = self.or_default(scale.cooldown_period.as_ref(), &path("cooldownPeriod"), COOLDOWN_PERIOD);
        // Two ways to write one thing; both at once is a finding.
        let window = scale.behavior.scale_down.stabilization_window.as_ref();
        let stabilization = window.or(scale.scale_down_stabilization.as_ref());
        Scale {
            triggers: self.triggers(service, scale, run, subscriptions, around),
            lag: scale.lag.as_ref().map(Fact::from),
            cpu: scale.cpu.as_ref().map(Fact::from),
            fallback: self.fallback(service, scale),
            behavior: self.behavior(service, &scale.behavior),
            short_stabilization: scale.scale_down_stabilization.as_ref().map(|short| short.at),
            of_a_scaled_object: of_a_scaled_object(scale),
            job,
            idle: scale.idle.as_ref().map(Fact::from),
            restore: scale.restore.as_ref().map(Fact::from),
            hpa_name: scale.hpa_name.as_ref().map(Fact::from),
            modifiers: self.modifiers(service, scale.modifiers.as_ref()),
            initial_cooldown_period: scale.initial_cooldown_period.as_ref().map(Fact::from),
            paused: self.or_default(scale.paused.as_ref(), &path("paused"), false),
            scale_down_stabilization: self.or_default(stabilization, &path("scaleDownStabilization"), STABILIZATION),
            min,
            max,
            polling_interval,
            cooldown_period,
        }
    }

    fn fallback(&mut self, service: &Located<String>, scale: &document::Scale) -> Option<Fallback> {
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
        Some(Fallback { failures, replicas: replicas.into(), behavior: written.behavior.as_ref().map(Fact::from) })
    }
}
