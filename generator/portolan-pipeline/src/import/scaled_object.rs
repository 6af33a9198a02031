//! KEDA's `ScaledObject`s with their `TriggerAuthentication`s, and plain autoscalers.

use serde_json::{Value, json};

use super::draft::Draft;
use super::object::Object;
use super::report::Log;
use super::triggers::import_triggers;

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

fn import_bounds(object: &Object, service: &str, draft: &mut Draft) {
    let number = |path: &[&str]| object.node.scalar_at(path).and_then(|text| text.parse::<u64>().ok());
    let seconds = |path: &[&str], usual: u64| {
        number(path).filter(|seconds| *seconds != usual).map(|seconds| json!(format!("{seconds}s")))
    };
    let behaviour =
        ["spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown", "stabilizationWindowSeconds"];
    let fallback = number(&["spec", "fallback", "replicas"]).map(|replicas| {
        let failures = number(&["spec", "fallback", "failureThreshold"]).unwrap_or(3);
        if failures == 3 {
            json!({ "replicas": replicas })
        } else {
            json!({ "failures": failures, "replicas": replicas })
        }
    });
    let paused = object.node.at_path(&PAUSED).filter(|paused| paused.is_true()).map(|_| json!(true));
    // Left out, KEDA takes 0 and 100.
    let fields: [(&str, Option<Value>); 7] = [
        ("min", Some(json!(number(&["spec", "minReplicaCount"]).unwrap_or(0)))),
        ("max", Some(json!(number(&["spec", "maxReplicaCount"]).unwrap_or(100)))),
        ("pollingInterval", seconds(&["spec", "pollingInterval"], 30)),
        ("cooldownPeriod", seconds(&["spec", "cooldownPeriod"], 300)),
        ("scaleDownStabilization", seconds(&behaviour, 300)),
        ("fallback", fallback),
        ("paused", paused),
    ];
    let Some(service) = draft.services.get_mut(service) else { return };
    for (name, value) in fields {
        service.scale.extend(value.map(|value| (name.to_owned(), value)));
    }
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
        if !with_keda {
            draft.cluster.insert("keda".to_owned(), json!("none"));
        }
    }
}
