use crate::spec::decode::{Located, record, words};
use crate::spec::duration::Duration;

record! {
    /// How fast an HPA changes the number of replicas (autoscaling/v2 `behavior`).
    pub struct Behavior {
        /// When more are wanted.
        "scaleUp" => scale_up: ScalingRules,
        /// When fewer are wanted.
        "scaleDown" => scale_down: ScalingRules,
    }
}

record! {
    /// One direction of it.
    pub struct ScalingRules {
        /// How far back recommendations are looked at, the most careful of which is taken; at most 3600s.
        "stabilizationWindow" => stabilization_window: Option<Located<Duration>>,
        /// Which of the policies counts; default Max.
        "selectPolicy" => select_policy: Option<Located<SelectPolicy>>,
        /// How many replicas may come or go in how much time; default Kubernetes' own.
        "policies" => policies: Vec<ScalingPolicy>,
    }
}

words! {
    /// Which policy of several counts.
    pub enum SelectPolicy {
        /// The one that changes most.
        Max = "Max",
        /// The one that changes least.
        Min = "Min",
        /// None: nothing changes in this direction.
        Disabled = "Disabled",
    }
}

record! {
    /// So many replicas in so much time.
    pub struct ScalingPolicy {
        /// Whether replicas are counted, or a share of them.
        "type" => kind: Option<Located<PolicyKind>>,
        /// How many, or how many percent.
        "value" => value: Option<Located<u32>>,
        /// In how much time; at most 1800s.
        "period" => period: Option<Located<Duration>>,
    }
}

words! {
    /// What a policy counts.
    pub enum PolicyKind {
        /// Replicas.
        Pods = "Pods",
        /// Percent of the replicas that there are.
        Percent = "Percent",
    }
}

record! {
    /// One value computed from those of several triggers (KEDA's `scalingModifiers`).
    pub struct Modifiers {
        /// The formula, in which a trigger stands by its name.
        "formula" => formula: Option<Located<String>>,
        /// What the value is kept at.
        "target" => target: Option<Located<String>>,
        /// Above which value the first replica starts; default 0.
        "activationTarget" => activation_target: Option<Located<String>>,
        /// How the HPA reads it; default `AverageValue`.
        "metricType" => metric_type: Option<Located<ModifierMetric>>,
    }
}

words! {
    /// How an HPA reads a computed value.
    pub enum ModifierMetric {
        /// Divided by the number of replicas.
        AverageValue = "AverageValue",
        /// As it is.
        Value = "Value",
    }
}

words! {
    /// What KEDA makes of `replicas` while it cannot ask a scaler.
    pub enum FallbackBehavior {
        /// So many.
        Static = "static",
        /// As many as there are.
        CurrentReplicas = "currentReplicas",
        /// As many as there are, where these are more.
        CurrentReplicasIfHigher = "currentReplicasIfHigher",
        /// As many as there are, where these are fewer.
        CurrentReplicasIfLower = "currentReplicasIfLower",
        /// What the formula makes of what can still be asked.
        ScalingModifiers = "scalingModifiers",
    }
}
