//! What the chart `charts/handler` makes of values, as far as an import reads it: a test holds it to what helm makes.

use serde_json::{Map, Value, json};

/// The Deployment, and what scales it.
pub(super) fn chart_objects(values: &Value) -> Vec<Value> {
    let mut objects = vec![deployment(values)];
    objects.extend(match text(values, "/scaling/engine").as_str() {
        "keda" => Some(scaled_object(values)),
        "hpa" => Some(autoscaler(values)),
        _ => None,
    });
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

fn deployment(values: &Value) -> Value {
    let engine = text(values, "/scaling/engine");
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
    let mut whole = json!({
        "selector": { "matchLabels": selector },
        "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 0, "maxSurge": 1 } },
        "template": { "metadata": { "annotations": values["dapr"]["annotations"] }, "spec": spec },
    });
    if engine == "none" {
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
    json!({ "scaleDown": { "stabilizationWindowSeconds": values["scaling"]["scaleDownStabilizationSeconds"] } })
}

fn target(values: &Value) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": values["service"] })
}

fn scaled_object(values: &Value) -> Value {
    let scaling = &values["scaling"];
    let triggers = scaling["triggers"].as_array().into_iter().flatten().map(|trigger| {
        let mut made = trigger.clone();
        if let Some(authentication) = made.as_object_mut().and_then(|made| made.remove("authentication")) {
            made["authenticationRef"] = json!({ "kind": "TriggerAuthentication", "name": authentication });
        }
        made
    });
    let mut spec = json!({
        "scaleTargetRef": target(values),
        "pollingInterval": scaling["pollingInterval"],
        "cooldownPeriod": scaling["cooldownPeriod"],
        "minReplicaCount": scaling["min"],
        "maxReplicaCount": scaling["max"],
        "advanced": { "horizontalPodAutoscalerConfig": { "behavior": behaviour(values) } },
        "triggers": triggers.collect::<Vec<_>>(),
    });
    if scaling["fallback"].is_object() {
        spec["fallback"] = scaling["fallback"].clone();
    }
    let mut made = object(values, "ScaledObject", spec);
    if scaling["paused"] == json!(true) {
        made["metadata"]["annotations"] = json!({ "autoscaling.keda.sh/paused": "true" });
    }
    made
}

fn authentications(values: &Value) -> Vec<Value> {
    let all = values["scaling"]["authentications"].as_array().into_iter().flatten();
    all.map(|one| {
        let spec = json!({ "secretTargetRef": one["secretTargetRef"] });
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
