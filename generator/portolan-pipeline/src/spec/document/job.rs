use crate::spec::decode::{Located, record, words};
use crate::spec::duration::Duration;

words! {
    /// What a service's replicas are.
    pub enum Workload {
        /// Pods of a Deployment, which stay.
        Deployment = "deployment",
        /// Jobs of a `ScaledJob`, which end.
        Job = "job",
    }
}

record! {
    /// What a job is like, where a service runs as jobs.
    pub struct Job {
        /// How many of its pods work at once; default 1.
        "parallelism" => parallelism: Option<Located<u32>>,
        /// How many of its pods have to end well; default 1.
        "completions" => completions: Option<Located<u32>>,
        /// How long it may take, all its tries together; default no limit.
        "activeDeadline" => active_deadline: Option<Located<Duration>>,
        /// How often it is tried again; default 6.
        "backoffLimit" => backoff_limit: Option<Located<u32>>,
        /// How long it is kept when it has ended; default until the limits below are passed.
        "ttlAfterFinished" => ttl_after_finished: Option<Located<Duration>>,
        /// How many that ended well are kept; default 100.
        "successfulJobsHistoryLimit" => successful_history: Option<Located<u32>>,
        /// How many that failed are kept; default 100.
        "failedJobsHistoryLimit" => failed_history: Option<Located<u32>>,
        /// What becomes of running jobs when the service changes.
        "rollout" => rollout: Rollout,
        /// How the number of new jobs follows from what waits.
        "scalingStrategy" => scaling_strategy: ScalingStrategy,
    }
}

record! {
    /// What becomes of running jobs when the service changes.
    pub struct Rollout {
        /// Whether they may end; default gradual. KEDA's own default ends them in the middle of their work.
        "strategy" => strategy: Option<Located<RolloutStrategy>>,
        /// Whether a job goes before its pods or after them, where it is ended.
        "propagationPolicy" => propagation: Option<Located<PropagationPolicy>>,
    }
}

words! {
    /// What becomes of running jobs.
    pub enum RolloutStrategy {
        /// They end by themselves.
        Gradual = "gradual",
        /// They are deleted at once.
        Immediate = "immediate",
    }
}

words! {
    /// In which order a job and its pods are deleted.
    pub enum PropagationPolicy {
        /// The pods first.
        Foreground = "foreground",
        /// The job first.
        Background = "background",
    }
}

record! {
    /// How the number of new jobs follows from what waits.
    pub struct ScalingStrategy {
        /// Its name in KEDA; default default.
        "strategy" => strategy: Option<Located<StrategyKind>>,
        /// With custom: how many of those that wait are left out.
        "customScalingQueueLengthDeduction" => deduction: Option<Located<u32>>,
        /// With custom: which share of the running jobs is left out, as in "0.5".
        "customScalingRunningJobPercentage" => running_share: Option<Located<String>>,
        /// Conditions of a pod without which its job still counts as pending.
        "pendingPodConditions" => pending_conditions: Vec<Located<String>>,
        /// What becomes of the numbers of several triggers; default max.
        "multipleScalersCalculation" => calculation: Option<Located<Calculation>>,
    }
}

words! {
    /// KEDA's strategies for jobs.
    pub enum StrategyKind {
        /// What waits, less the jobs that run: for a queue that keeps what is being worked on.
        Default = "default",
        /// By the two fields that begin with custom.
        Custom = "custom",
        /// What waits, less the jobs that have not begun: for a queue that gives away what is being worked on.
        Accurate = "accurate",
        /// As many as there may be, while anything waits.
        Eager = "eager",
    }
}

words! {
    /// What becomes of several numbers.
    pub enum Calculation {
        /// The largest.
        Max = "max",
        /// The smallest.
        Min = "min",
        /// Their mean.
        Avg = "avg",
        /// Their sum.
        Sum = "sum",
    }
}
