use super::Fact;
use crate::spec::Duration;
use crate::spec::document::{ModifierMetric, PolicyKind, SelectPolicy};

/// How fast an HPA changes the number of replicas.
#[derive(Debug, Clone)]
pub struct Behavior {
    /// When more are wanted.
    pub scale_up: ScalingRules,
    /// When fewer are wanted.
    pub scale_down: ScalingRules,
}

/// One direction of it.
#[derive(Debug, Clone)]
pub struct ScalingRules {
    /// How far back recommendations are looked at.
    pub stabilization_window: Option<Fact<Duration>>,
    /// Which of the policies counts.
    pub select_policy: Option<Fact<SelectPolicy>>,
    /// How many replicas may come or go in how much time.
    pub policies: Vec<ScalingPolicy>,
}

/// So many replicas in so much time.
#[derive(Debug, Clone)]
pub struct ScalingPolicy {
    /// Whether replicas are counted, or a share of them.
    pub kind: Fact<PolicyKind>,
    /// How many.
    pub value: Fact<u32>,
    /// In how much time.
    pub period: Fact<Duration>,
}

/// One value computed from those of several triggers.
#[derive(Debug, Clone)]
pub struct Modifiers {
    /// The formula.
    pub formula: Fact<String>,
    /// What the value is kept at.
    pub target: Fact<String>,
    /// Above which value the first replica starts.
    pub activation_target: Option<Fact<String>>,
    /// How the HPA reads it.
    pub metric_type: Option<Fact<ModifierMetric>>,
}
