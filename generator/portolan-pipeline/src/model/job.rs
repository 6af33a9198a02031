use super::Fact;
use crate::spec::Duration;
use crate::spec::document::{Calculation, PropagationPolicy, RolloutStrategy, StrategyKind};

/// What a job is like, where a service runs as jobs. What is not said is Kubernetes' or KEDA's to choose.
#[derive(Debug, Clone)]
pub struct JobShape {
    /// What makes jobs of its replicas.
    pub chosen: Fact<()>,
    /// How many of its pods work at once.
    pub parallelism: Option<Fact<u32>>,
    /// How many of its pods have to end well.
    pub completions: Option<Fact<u32>>,
    /// How long it may take.
    pub active_deadline: Option<Fact<Duration>>,
    /// How often it is tried again.
    pub backoff_limit: Option<Fact<u32>>,
    /// How long it is kept when it has ended.
    pub ttl_after_finished: Option<Fact<Duration>>,
    /// How many that ended well are kept.
    pub successful_history: Option<Fact<u32>>,
    /// How many that failed are kept.
    pub failed_history: Option<Fact<u32>>,
    /// What becomes of running jobs when the service changes.
    pub rollout: Fact<RolloutStrategy>,
    /// In which order a job and its pods are deleted.
    pub propagation: Option<Fact<PropagationPolicy>>,
    /// How the number of new jobs follows from what waits.
    pub strategy: Option<Fact<StrategyKind>>,
    /// With custom: how many of those that wait are left out.
    pub deduction: Option<Fact<u32>>,
    /// With custom: which share of the running jobs is left out.
    pub running_share: Option<Fact<String>>,
    /// Conditions of a pod without which its job still counts as pending.
    pub pending_conditions: Vec<Fact<String>>,
    /// What becomes of the numbers of several triggers.
    pub calculation: Option<Fact<Calculation>>,
}
