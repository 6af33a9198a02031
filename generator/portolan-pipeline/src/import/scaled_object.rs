//! KEDA's `ScaledObject`s with their `TriggerAuthentication`s, and plain autoscalers.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, fields, whole};
use super::object::Object;
use super::report::Log;
use super::triggers::import_triggers;
use crate::spec::node::Node;

/// The annotation that holds the replicas where they are.
const PAUSED: [&str; 3] = ["metadata", "annotations", "autoscaling.keda.sh/paused"];

pub(super) fn import_scaled_objects(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    for object in objects.iter().filter(|object| object.kind == "ScaledObject" && object.group == "keda.sh") {
        let target = object.node.scalar_at(&["spec", "scaleTargetRef", "name"]).unwrap_or_default();
        let kind = object.node.scalar_at(&["spec", "scaleTargetRef", "kind"]).unwrap_or("Deployment");
        if kind != "Deployment" || target.is_empty() {
            log.left_object(object, "it scales something else than a Deployment", "");
            continue;
        }
        if !draft.services.contains_key(target) {
            // Its Deployment is elsewhere; without a sidecar anybody knows of, it consumes by itself.
            let sidecar =
                draft.components.values().flat_map(|one| one.scopes.iter().flatten()).any(|app| app == target);
            let service = draft.service_of(target);
            if !sidecar && service.subscribes.is_empty() {
                service.fields.insert("run".to_owned(), json!("kafka"));
            }
        }
        import_bounds(object, target, draft);
        import_triggers(object, target, objects, draft, log);
    }
}

pub(super) fn is_paused(object: &Object) -> bool {
    object.node.at_path(&PAUSED).is_some_and(Node::is_true)
}

fn import_bounds(object: &Object, service: &str, draft: &mut Draft) {
    let node = &object.node;
    let seconds = |path: &[&str], usual: &str| node.seconds_at(path).filter(|seconds| *seconds != json!(usual));
    let advanced = |name: &str| node.at_path(&["spec", "advanced", name]);
    let hpa = advanced("horizontalPodAutoscalerConfig");
    let name = hpa.and_then(|hpa| hpa.text_at(&["name"])).filter(|name| *name != json!(format!("keda-hpa-{service}")));
    // Left out, KEDA takes 0 and 100.
    let scale = fields([
        ("min", Some(node.number_at(&["spec", "minReplicaCount"]).unwrap_or(json!(0)))),
        ("max", Some(node.number_at(&["spec", "maxReplicaCount"]).unwrap_or(json!(100)))),
        ("pollingInterval", seconds(&["spec", "pollingInterval"], "30s")),
        ("cooldownPeriod", seconds(&["spec", "cooldownPeriod"], "300s")),
        ("initialCooldownPeriod", seconds(&["spec", "initialCooldownPeriod"], "0s")),
        ("idle", node.number_at(&["spec", "idleReplicaCount"])),
        ("fallback", node.at_path(&["spec", "fallback"]).and_then(fallback)),
        ("restoreToOriginalReplicaCount", node.flag_at(&["spec", "advanced", "restoreToOriginalReplicaCount"])),
        ("hpaName", name),
        ("modifiers", advanced("scalingModifiers").and_then(modifiers)),
        ("paused", is_paused(object).then(|| json!(true))),
    ]);
    let Some(service) = draft.services.get_mut(service) else { return };
    service.scale.extend(scale);
    service.scale.extend(hpa.and_then(|hpa| hpa.entry("behavior")).map(behaviour).unwrap_or_default());
}

fn fallback(written: &Node) -> Option<Value> {
    let replicas = written.number_at(&["replicas"])?;
    let words = ["currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower", "scalingModifiers"];
    whole(fields([
        ("failures", written.number_at(&["failureThreshold"]).filter(|failures| *failures != json!(3))),
        ("replicas", Some(replicas)),
        ("behavior", written.word_at(&["behavior"], &words)),
    ]))
}

fn modifiers(written: &Node) -> Option<Value> {
    let (formula, target) = (written.text_at(&["formula"])?, written.text_at(&["target"])?);
    whole(fields([
        ("formula", Some(formula)),
        ("target", Some(target)),
        ("activationTarget", written.text_at(&["activationTarget"])),
        ("metricType", written.word_at(&["metricType"], &["AverageValue", "Value"])),
    ]))
}

/// How fast an HPA changes the number of replicas; the window of its way down is a field of its own.
fn behaviour(written: &Node) -> Fields {
    const WINDOW: &str = "stabilizationWindowSeconds";
    let rules = |direction: &str, window: Option<Value>| {
        let rules = written.entry(direction)?;
        let policies: Vec<Value> = rules.list_at(&["policies"]).iter().filter_map(policy).collect();
        whole(fields([
            ("stabilizationWindow", window),
            ("selectPolicy", rules.word_at(&["selectPolicy"], &["Max", "Min", "Disabled"])),
            ("policies", Some(policies).filter(|policies| !policies.is_empty()).map(Value::Array)),
        ]))
    };
    let behaviour = fields([
        ("scaleUp", rules("scaleUp", written.seconds_at(&["scaleUp", WINDOW]))),
        ("scaleDown", rules("scaleDown", None)),
    ]);
    let window = written.seconds_at(&["scaleDown", WINDOW]).filter(|window| *window != json!("300s"));
    fields([("scaleDownStabilization", window), ("behavior", whole(behaviour))])
}

fn policy(written: &Node) -> Option<Value> {
    let (value, period) = (written.number_at(&["value"])?, written.seconds_at(&["periodSeconds"])?);
    let kind = written.word_at(&["type"], &["Pods", "Percent"])?;
    Some(json!({ "type": kind, "value": value, "period": period }))
}

/// An autoscaler on CPU alone; a cluster that has only these has no KEDA.
pub(super) fn import_autoscalers(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let with_keda = objects.iter().any(|object| object.kind == "ScaledObject");
    for object in objects.iter().filter(|object| object.kind == "HorizontalPodAutoscaler") {
        let target = object.node.scalar_at(&["spec", "scaleTargetRef", "name"]).unwrap_or_default();
        let metrics = object.node.list_at(&["spec", "metrics"]);
        let usage =
            |side: &str| metrics.iter().find_map(|metric| metric.scalar_at(&[side, "target", "averageUtilization"]));
        let (Some(service), Some(cpu), [_]) =
            (draft.services.get_mut(target), usage("containerResource").or_else(|| usage("resource")), metrics)
        else {
            log.left_object(object, "it is no autoscaler on the CPU of a service that is here", "");
            continue;
        };
        for (name, path) in [("min", "minReplicas"), ("max", "maxReplicas")] {
            let number = object.node.scalar_at(&["spec", path]).and_then(|text| text.parse::<u32>().ok());
            service.scale.insert(name.to_owned(), json!(number.unwrap_or(1)));
        }
        service.scale.insert("cpu".to_owned(), json!(format!("{cpu}%")));
        service.scale.extend(object.node.at_path(&["spec", "behavior"]).map(behaviour).unwrap_or_default());
        if !with_keda {
            draft.cluster.insert("keda".to_owned(), json!("none"));
        }
    }
}
