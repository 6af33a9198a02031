use super::resolver::Resolver;
use crate::model::{Behavior, Fact, Modifiers, ScalingPolicy, ScalingRules};
use crate::spec::Located;
use crate::spec::document;

impl Resolver<'_> {
    pub(super) fn behavior(&mut self, service: &Located<String>, written: &document::Behavior) -> Behavior {
        Behavior {
            scale_up: self.scaling_rules(service, &written.scale_up),
            scale_down: self.scaling_rules(service, &written.scale_down),
        }
    }

    fn scaling_rules(&mut self, service: &Located<String>, written: &document::ScalingRules) -> ScalingRules {
        ScalingRules {
            stabilization_window: written.stabilization_window.as_ref().map(Fact::from),
            select_policy: written.select_policy.as_ref().map(Fact::from),
            policies: written.policies.iter().filter_map(|policy| self.scaling_policy(service, policy)).collect(),
        }
    }

    fn scaling_policy(
        &mut self,
        service: &Located<String>,
        written: &document::ScalingPolicy,
    ) -> Option<ScalingPolicy> {
        if let (Some(kind), Some(value), Some(period)) = (&written.kind, &written.value, &written.period) {
            return Some(ScalingPolicy { kind: kind.into(), value: value.into(), period: period.into() });
        }
        let spoken = [written.kind.as_ref().map(|kind| kind.at), written.value.as_ref().map(|value| value.at)];
        let at = spoken.into_iter().flatten().next().or(written.period.as_ref().map(|period| period.at));
        let message = format!("a policy of `{}` wants type, value and period", service.value);
        self.missing(at.unwrap_or(service.at), message, "write `{ type: Pods, value: 2, period: 60s }`");
        None
    }

    pub(super) fn modifiers(
        &mut self,
        service: &Located<String>,
        written: Option<&document::Modifiers>,
    ) -> Option<Modifiers> {
        let written = written?;
        if let (Some(formula), Some(target)) = (&written.formula, &written.target) {
            return Some(Modifiers {
                formula: formula.into(),
                target: target.into(),
                activation_target: written.activation_target.as_ref().map(Fact::from),
                metric_type: written.metric_type.as_ref().map(Fact::from),
            });
        }
        let at = written.formula.as_ref().or(written.target.as_ref()).map_or(service.at, |spoken| spoken.at);
        let message = format!("`modifiers` of `{}` want a formula and a target", service.value);
        self.missing(
            at,
            message,
            "add what is missing; both are text, as in formula: \"letters + calls\", target: \"50\"",
        );
        None
    }
}
