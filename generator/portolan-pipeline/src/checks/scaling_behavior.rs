use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Fact, ScalingRules, Service, Stack};
use crate::source::Span;
use crate::spec::Duration;
use crate::spec::document::Run;
use crate::spec::rules::page;

pub(super) static RULE: Rule =
    Rule { code: "P316", severity: Severity::Error, title: "pace that an HPA refuses", page: page!("P316") };

/// Kubernetes' own bounds (autoscaling/v2, validation of `behavior`), in seconds.
const LONGEST_WINDOW: u64 = 3600;
const LONGEST_PERIOD: u64 = 1800;

pub(super) fn check_behavior(stack: &Stack, findings: &mut Findings) {
    for service in stack.services.values().filter(|service| service.run.value != Run::Lambda) {
        let scale = &service.scale;
        check_window(service, "scaleDown", &scale.scale_down_stabilization, findings);
        for (direction, rules) in [("scaleUp", &scale.behavior.scale_up), ("scaleDown", &scale.behavior.scale_down)] {
            if let Some(window) = rules.stabilization_window.as_ref().filter(|_| direction == "scaleUp") {
                check_window(service, direction, window, findings);
            }
            check_policies(service, direction, rules, findings);
        }
        let long = scale.behavior.scale_down.stabilization_window.as_ref().and_then(|window| window.at);
        if let (Some(short), Some(long)) = (scale.short_stabilization, long) {
            findings.push(said_twice(service, short, long));
        }
    }
}

fn check_window(service: &Service, direction: &str, window: &Fact<Duration>, findings: &mut Findings) {
    if window.value.as_seconds() > LONGEST_WINDOW {
        let message = format!(
            "`{}` wants to look back {} for `{direction}`, at most 3600s are allowed",
            service.name, window.value
        );
        push(service, window.at, message, "write 3600s or less", findings);
    }
}

fn check_policies(service: &Service, direction: &str, rules: &ScalingRules, findings: &mut Findings) {
    for policy in &rules.policies {
        let period = policy.period.value;
        if period.as_milliseconds() == 0 || period.as_seconds() > LONGEST_PERIOD {
            let message =
                format!("a policy of `{direction}` of `{}` counts in {period}, 1s to 1800s are allowed", service.name);
            push(service, policy.period.at, message, "write a period between 1s and 1800s", findings);
        }
        if policy.value.value == 0 {
            let message = format!("a policy of `{direction}` of `{}` lets nothing change", service.name);
            push(service, policy.value.at, message, "write 1 or more, or `selectPolicy: Disabled`", findings);
        }
    }
}

fn push(service: &Service, at: Option<Span>, message: String, help: &str, findings: &mut Findings) {
    findings.push(
        Finding::new(&RULE, at.unwrap_or(service.at), message)
            .label("Kubernetes refuses an HPA that says so")
            .help(help),
    );
}

fn said_twice(service: &Service, short: Span, long: Span) -> Finding {
    let message = format!("`{}` says twice how long it keeps its replicas", service.name);
    Finding::new(&RULE, short, message)
        .label("the short form")
        .related(Some(long), "the long form, which counts")
        .help("keep one of `scaleDownStabilization` and `behavior.scaleDown.stabilizationWindow`")
}
