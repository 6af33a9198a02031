use super::resolver::Resolver;
use crate::model::{Fact, JobShape};
use crate::source::Span;
use crate::spec::Located;
use crate::spec::document::{self, RolloutStrategy, Workload};

impl Resolver<'_> {
    /// Nothing where the replicas stay.
    pub(super) fn job_shape(&mut self, service: &Located<String>, scale: &document::Scale) -> Option<JobShape> {
        let chosen = scale.workload.as_ref().filter(|workload| workload.value == Workload::Job)?;
        let written = &scale.job;
        let path = format!("services.{}.scale.job.rollout.strategy", service.value);
        let rollout = self.or_default_as(
            written.rollout.strategy.as_ref(),
            &path,
            // A deployment of the service is no reason to lose what is half done.
            RolloutStrategy::Gradual,
            |strategy| strategy.word().to_owned(),
        );
        let strategy = &written.scaling_strategy;
        Some(JobShape {
            chosen: Fact::written_at((), chosen.at),
            parallelism: fact(written.parallelism.as_ref()),
            completions: fact(written.completions.as_ref()),
            active_deadline: fact(written.active_deadline.as_ref()),
            backoff_limit: fact(written.backoff_limit.as_ref()),
            ttl_after_finished: fact(written.ttl_after_finished.as_ref()),
            successful_history: fact(written.successful_history.as_ref()),
            failed_history: fact(written.failed_history.as_ref()),
            rollout,
            propagation: fact(written.rollout.propagation.as_ref()),
            strategy: fact(strategy.strategy.as_ref()),
            deduction: fact(strategy.deduction.as_ref()),
            running_share: fact(strategy.running_share.as_ref()),
            pending_conditions: strategy.pending_conditions.iter().map(Fact::from).collect(),
            calculation: fact(strategy.calculation.as_ref()),
        })
    }
}

/// The first field that only a ScaledObject has, and where it is written.
pub(super) fn of_a_scaled_object(scale: &document::Scale) -> Option<(&'static str, Span)> {
    let fallback = scale.fallback.as_ref().and_then(|fallback| fallback.replicas.as_ref());
    let modifiers = scale.modifiers.as_ref().and_then(|modifiers| modifiers.formula.as_ref());
    let rules = [&scale.behavior.scale_up, &scale.behavior.scale_down];
    let behavior = rules.into_iter().find_map(|rules| {
        let policy = rules.policies.iter().find_map(|policy| policy.value.as_ref().map(|value| value.at));
        let window = rules.stabilization_window.as_ref().map(|window| window.at);
        policy.or(window).or(rules.select_policy.as_ref().map(|select| select.at))
    });
    let places = [
        ("cpu", scale.cpu.as_ref().map(|cpu| cpu.at)),
        ("memory", scale.memory.as_ref().map(|memory| memory.at)),
        ("behavior", behavior),
        ("scaleDownStabilization", scale.scale_down_stabilization.as_ref().map(|window| window.at)),
        ("cooldownPeriod", scale.cooldown_period.as_ref().map(|period| period.at)),
        ("initialCooldownPeriod", scale.initial_cooldown_period.as_ref().map(|period| period.at)),
        ("fallback", fallback.map(|replicas| replicas.at)),
        ("idle", scale.idle.as_ref().map(|idle| idle.at)),
        ("modifiers", modifiers.map(|formula| formula.at)),
        ("hpaName", scale.hpa_name.as_ref().map(|name| name.at)),
        ("restoreToOriginalReplicaCount", scale.restore.as_ref().map(|restore| restore.at)),
    ];
    places.into_iter().find_map(|(field, at)| Some((field, at?)))
}

fn fact<T: Clone>(written: Option<&Located<T>>) -> Option<Fact<T>> {
    written.map(Fact::from)
}
