//! KEDA's `ScaledJob`s: their pods are read as those of Deployments are.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, fields, whole};
use super::object::Object;
use super::report::Log;
use super::scaled_object::is_paused;
use super::triggers::import_triggers;
use crate::spec::node::Node;

pub(super) fn import_scaled_jobs(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    for object in objects.iter().filter(|object| object.kind == "ScaledJob" && object.group == "keda.sh") {
        let Some(spec) = object.node.entry("spec") else { continue };
        let polling = spec.seconds_at(&["pollingInterval"]).filter(|seconds| *seconds != json!("30s"));
        // Left out, KEDA takes 0 and 100.
        let scale = fields([
            ("as", Some(json!("job"))),
            ("min", spec.number_at(&["minReplicaCount"]).filter(|number| *number != json!(0))),
            ("max", Some(spec.number_at(&["maxReplicaCount"]).unwrap_or(json!(100)))),
            ("pollingInterval", polling),
            ("paused", is_paused(object).then(|| json!(true))),
            ("job", whole(job(spec))),
        ]);
        if let Some(service) = draft.services.get_mut(&object.name) {
            service.scale = scale;
        }
        import_triggers(object, &object.name, objects, draft, log);
    }
}

fn job(spec: &Node) -> Fields {
    let number = |name: &str| spec.number_at(&["jobTargetRef", name]);
    let seconds = |name: &str| spec.seconds_at(&["jobTargetRef", name]);
    // The spec's own default lets running jobs end, and KEDA's does not.
    let rollout = spec.scalar_at(&["rollout", "strategy"]).unwrap_or("immediate");
    let rollout = fields([
        ("strategy", Some(rollout).filter(|word| *word == "immediate").map(|word| json!(word))),
        ("propagationPolicy", spec.word_at(&["rollout", "propagationPolicy"], &["foreground", "background"])),
    ]);
    fields([
        ("parallelism", number("parallelism")),
        ("completions", number("completions")),
        ("activeDeadline", seconds("activeDeadlineSeconds")),
        ("backoffLimit", number("backoffLimit")),
        ("ttlAfterFinished", seconds("ttlSecondsAfterFinished")),
        ("successfulJobsHistoryLimit", spec.number_at(&["successfulJobsHistoryLimit"])),
        ("failedJobsHistoryLimit", spec.number_at(&["failedJobsHistoryLimit"])),
        ("rollout", whole(rollout)),
        ("scalingStrategy", spec.entry("scalingStrategy").and_then(strategy)),
    ])
}

fn strategy(written: &Node) -> Option<Value> {
    let conditions = written.words_at(&["pendingPodConditions"]);
    let name = |name: &'static str| (name, written.number_at(&[name]));
    whole(fields([
        ("strategy", written.word_at(&["strategy"], &["default", "custom", "accurate", "eager"])),
        name("customScalingQueueLengthDeduction"),
        ("customScalingRunningJobPercentage", written.text_at(&["customScalingRunningJobPercentage"])),
        ("pendingPodConditions", Some(conditions).filter(|all| !all.is_empty()).map(|all| json!(all))),
        ("multipleScalersCalculation", written.word_at(&["multipleScalersCalculation"], &["max", "min", "avg", "sum"])),
    ]))
}
