//! What the chart `charts/handler` makes of values, as far as an import reads it: a test holds it to what helm makes.

use serde_json::{Map, Value, json};

/// The Deployment, and what scales it.
pub(super) fn chart_objects(values: &Value) -> Vec<Value> {
    let mut objects = vec![service_account(values)];
    objects.extend(match text(values, "/scaling/engine").as_str() {
        "keda" => Some(scaled_object(values)),
        "hpa" => Some(autoscaler(values)),
        "job" => Some(scaled_job(values)),
        _ => None,
    });
    objects.extend((text(values, "/scaling/engine") != "job").then(|| deployment(values)));
    objects.extend(authentications(values));
    if values["expose"] == json!(true) {
        let port = json!({ "name": "http", "port": 80, "targetPort": "http", "protocol": "TCP" });
        let selector = selector(values);
        objects.push(object(values, "Service", json!({ "type": "ClusterIP", "selector": selector, "ports": [port] })));
    }
    objects
}

fn text(values: &Value, pointer: &str) -> String {
    match values.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the spec becomes a part of the object")]
fn object(values: &Value, kind: &str, spec: Value) -> Value {
    json!({ "kind": kind, "metadata": { "name": values["service"] }, "spec": spec })
}

fn selector(values: &Value) -> Value {
    json!({ "app.kubernetes.io/name": values["service"] })
}

fn service_account(values: &Value) -> Value {
    let metadata = json!({ "name": values["service"], "annotations": values["serviceAccount"]["annotations"] });
    json!({ "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": values["dapr"]["enabled"] })
}

fn pod(values: &Value) -> Value {
    let dapr = values["dapr"]["enabled"].clone();
    let selector = selector(values);
    let spread = |key: &str| json!({ "maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": { "matchLabels": selector } });
    let spec = json!({
        "serviceAccountName": values["service"],
        "automountServiceAccountToken": dapr,
        "enableServiceLinks": false,
        "terminationGracePeriodSeconds": values["terminationGracePeriodSeconds"],
        "securityContext": { "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } },
        "containers": [container(values)],
        "volumes": [{ "name": "tmp", "emptyDir": {} }],
        "topologySpreadConstraints": [spread("kubernetes.io/hostname"), spread("topology.kubernetes.io/zone")],
    });
    json!({ "metadata": { "annotations": values["dapr"]["annotations"], "labels": values["podLabels"] }, "spec": spec })
}

fn deployment(values: &Value) -> Value {
    let mut whole = json!({
        "selector": { "matchLabels": selector(values) },
        "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 0, "maxSurge": 1 } },
        "template": pod(values),
    });
    if text(values, "/scaling/engine") == "none" {
        whole["replicas"] = values["replicas"].clone();
    }
    object(values, "Deployment", whole)
}

fn container(values: &Value) -> Value {
    let image = match (text(values, "/image/digest"), text(values, "/image/tag")) {
        (digest, _) if !digest.is_empty() => format!("{}@{digest}", text(values, "/image/repository")),
        (_, tag) if tag.is_empty() => text(values, "/image/repository"),
        (_, tag) => format!("{}:{tag}", text(values, "/image/repository")),
    };
    let mut container = json!({
        "name": values["service"],
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{ "name": "http", "containerPort": values["port"], "protocol": "TCP" }],
        "env": variables(values),
        "resources": values["resources"],
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "runAsNonRoot": true,
            "capabilities": { "drop": ["ALL"] },
        },
        "volumeMounts": [{ "name": "tmp", "mountPath": "/tmp" }],
    });
    for (name, period, failures) in [("startup", 2, 60), ("liveness", 10, 3), ("readiness", 5, 2)] {
        let path = &values["probes"][name];
        if path.is_string() {
            let get = json!({ "path": path, "port": "http" });
            container[format!("{name}Probe")] =
                json!({ "httpGet": get, "timeoutSeconds": 2, "periodSeconds": period, "failureThreshold": failures });
        }
    }
    container
}

fn variables(values: &Value) -> Vec<Value> {
    let plain = entries(values, "/env").map(|(name, value)| json!({ "name": name, "value": value }));
    let secret = entries(values, "/secretEnv").map(|(name, from)| {
        json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": from["secret"], "key": from["key"] } } })
    });
    plain.chain(secret).collect()
}

fn entries<'a>(values: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    values.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn behaviour(values: &Value) -> Value {
    let scaling = &values["scaling"];
    let mut whole = json!({ "scaleUp": scaling["behavior"]["scaleUp"], "scaleDown": scaling["behavior"]["scaleDown"] });
    whole["scaleDown"]["stabilizationWindowSeconds"] = scaling["scaleDownStabilizationSeconds"].clone();
    whole
}

fn target(values: &Value) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": values["service"] })
}

fn triggers(values: &Value) -> Vec<Value> {
    let triggers = values["scaling"]["triggers"].as_array().into_iter().flatten().map(|trigger| {
        let mut made = trigger.clone();
        if let Some(authentication) = made.as_object_mut().and_then(|made| made.remove("authentication")) {
            made["authenticationRef"] = json!({ "kind": "TriggerAuthentication", "name": authentication });
        }
        made
    });
    triggers.collect()
}

fn scaled_object(values: &Value) -> Value {
    let scaling = &values["scaling"];
    let spec = json!({
        "scaleTargetRef": target(values),
        "pollingInterval": scaling["pollingInterval"],
        "cooldownPeriod": scaling["cooldownPeriod"],
        "initialCooldownPeriod": scaling["initialCooldownPeriod"],
        "idleReplicaCount": scaling["idle"],
        "minReplicaCount": scaling["min"],
        "maxReplicaCount": scaling["max"],
        "fallback": scaling["fallback"],
        "advanced": {
            "restoreToOriginalReplicaCount": scaling["restoreToOriginalReplicaCount"],
            "scalingModifiers": scaling["modifiers"],
            "horizontalPodAutoscalerConfig": { "name": scaling["hpaName"], "behavior": behaviour(values) },
        },
        "triggers": triggers(values),
    });
    paused(values, object(values, "ScaledObject", spec))
}

fn paused(values: &Value, mut made: Value) -> Value {
    if values["scaling"]["paused"] == json!(true) {
        made["metadata"]["annotations"] = json!({ "autoscaling.keda.sh/paused": "true" });
    }
    made
}

fn scaled_job(values: &Value) -> Value {
    let scaling = &values["scaling"];
    let job = &scaling["job"];
    let mut template = pod(values);
    template["spec"]["restartPolicy"] = json!("Never");
    let spec = json!({
        "jobTargetRef": {
            "parallelism": job["parallelism"],
            "completions": job["completions"],
            "activeDeadlineSeconds": job["activeDeadlineSeconds"],
            "backoffLimit": job["backoffLimit"],
            "ttlSecondsAfterFinished": job["ttlSecondsAfterFinished"],
            "template": template,
        },
        "pollingInterval": scaling["pollingInterval"],
        "minReplicaCount": scaling["min"],
        "maxReplicaCount": scaling["max"],
        "successfulJobsHistoryLimit": job["successfulJobsHistoryLimit"],
        "failedJobsHistoryLimit": job["failedJobsHistoryLimit"],
        "rollout": job["rollout"],
        "scalingStrategy": job["scalingStrategy"],
        "triggers": triggers(values),
    });
    paused(values, object(values, "ScaledJob", spec))
}

fn authentications(values: &Value) -> Vec<Value> {
    let all = values["scaling"]["authentications"].as_array().into_iter().flatten();
    all.map(|one| {
        let spec = json!({ "secretTargetRef": one["secretTargetRef"], "podIdentity": one["podIdentity"] });
        json!({ "kind": "TriggerAuthentication", "metadata": { "name": one["name"] }, "spec": spec })
    })
    .collect()
}

fn autoscaler(values: &Value) -> Value {
    let scaling = &values["scaling"];
    let use_of_cpu = json!({ "type": "Utilization", "averageUtilization": scaling["cpu"] });
    let metric = json!({ "name": "cpu", "container": values["service"], "target": use_of_cpu });
    let spec = json!({
        "scaleTargetRef": target(values),
        "minReplicas": scaling["min"],
        "maxReplicas": scaling["max"],
        "metrics": [{ "type": "ContainerResource", "containerResource": metric }],
        "behavior": behaviour(values),
    });
    let mut made = object(values, "HorizontalPodAutoscaler", spec);
    made["metadata"]["annotations"] = json!({ "validations.keda.sh/hpa-ownership": "false" });
    made
}
