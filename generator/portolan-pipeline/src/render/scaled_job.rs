//! The chart's `scaling.job`: what a `ScaledJob` says beside its triggers (keda.sh/v1alpha1).

use super::tree::{Map, Tree};
use crate::model::{Fact, JobShape};
use crate::spec::Duration;

pub(super) fn render_job(job: &JobShape) -> Map {
    let number = |fact: &Option<Fact<u32>>| fact.as_ref().map(Tree::number);
    Map::new()
        .maybe("parallelism", number(&job.parallelism))
        .maybe("completions", number(&job.completions))
        .maybe("activeDeadlineSeconds", job.active_deadline.as_ref().map(seconds))
        .maybe("backoffLimit", number(&job.backoff_limit))
        .maybe("ttlSecondsAfterFinished", job.ttl_after_finished.as_ref().map(seconds))
        .maybe("successfulJobsHistoryLimit", number(&job.successful_history))
        .maybe("failedJobsHistoryLimit", number(&job.failed_history))
        .with("rollout", render_rollout(job))
        .map("scalingStrategy", render_strategy(job))
}

fn render_rollout(job: &JobShape) -> Map {
    let propagation = job.propagation.as_ref();
    Map::new()
        .with("strategy", word(&job.rollout, job.rollout.value.word()))
        .maybe("propagationPolicy", propagation.map(|policy| word(policy, policy.value.word())))
}

fn render_strategy(job: &JobShape) -> Map {
    let strategy = job.strategy.as_ref();
    let calculation = job.calculation.as_ref();
    Map::new()
        .maybe("strategy", strategy.map(|strategy| word(strategy, strategy.value.word())))
        .maybe("customScalingQueueLengthDeduction", job.deduction.as_ref().map(Tree::number))
        .maybe("customScalingRunningJobPercentage", job.running_share.as_ref().map(Tree::text))
        .list("pendingPodConditions", job.pending_conditions.iter().map(Tree::text).collect())
        .maybe("multipleScalersCalculation", calculation.map(|kind| word(kind, kind.value.word())))
}

fn word<T>(fact: &Fact<T>, word: &str) -> Tree {
    Tree::from(word).at_place(fact.at)
}

fn seconds(duration: &Fact<Duration>) -> Tree {
    Tree::from(duration.value.as_seconds()).at_place(duration.at)
}
