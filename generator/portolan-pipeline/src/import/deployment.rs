//! Deployments: those with Dapr's annotations, and those that KEDA scales.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::component::reference;
use super::draft::{Draft, Service, setting};
use super::object::Object;
use super::plain::is_variable_secret;
use super::report::{Log, PlainSecret};
use super::sidecar::{annotation, import_sidecar};
use crate::spec::node::Node;

/// The annotations of service accounts by which clusters know a workload, and the kind of cluster.
const IDENTITIES: [(&str, &str); 3] = [
    ("azure.workload.identity/client-id", "aks"),
    ("iam.gke.io/gcp-service-account", "gke"),
    ("eks.amazonaws.com/role-arn", "eks"),
];

/// The pod of a Deployment or of a `ScaledJob`.
pub(super) fn pod_of(object: &Object) -> Option<&Node> {
    object.node.at_path(&["spec", "template"]).or_else(|| object.node.at_path(&["spec", "jobTargetRef", "template"]))
}

/// Where Dapr's injector reads.
fn annotations(object: &Object) -> Option<&Node> {
    pod_of(object)?.at_path(&["metadata", "annotations"])
}

pub(super) fn import_deployments(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let scalers =
        objects.iter().filter(|object| matches!(object.kind.as_str(), "ScaledObject" | "HorizontalPodAutoscaler"));
    let scaled: BTreeSet<&str> =
        scalers.filter_map(|object| object.node.scalar_at(&["spec", "scaleTargetRef", "name"])).collect();
    let is_job = |object: &Object| object.kind == "ScaledJob" && object.group == "keda.sh";
    for object in objects.iter().filter(|object| object.kind == "Deployment" || is_job(object)) {
        let dapr = annotations(object).and_then(|all| all.entry("dapr.io/enabled")).is_some_and(Node::is_true);
        if !dapr && !is_job(object) && !scaled.contains(object.name.as_str()) {
            log.left_object(object, "it has no sidecar, and KEDA does not scale it", "");
            continue;
        }
        let service = import_deployment(object, dapr, draft, log);
        draft.services.insert(object.name.clone(), service);
    }
    for account in objects.iter().filter(|object| object.kind == "ServiceAccount") {
        import_identity(account, draft);
    }
    // Other pods reach a service by a Service that selects it.
    for object in objects.iter().filter(|object| object.kind == "Service") {
        let headless = object.node.scalar_at(&["spec", "clusterIP"]) == Some("None");
        if let Some(service) = draft.services.get_mut(&object.name).filter(|_| !headless) {
            service.fields.insert("expose".to_owned(), json!(true));
        }
    }
}

fn import_deployment(object: &Object, dapr: bool, draft: &mut Draft, log: &mut Log) -> Service {
    let annotation = |name: &str| annotation(annotations(object)?, name).map(str::to_owned);
    let pod = |path: &[&str]| pod_of(object)?.at_path(&[&["spec"], path].concat());
    let app_id = annotation("app-id").unwrap_or_else(|| object.name.clone());
    let mut service = Service {
        is_known: true,
        configuration: annotation("config"),
        app_id: app_id.clone(),
        account: pod(&["serviceAccountName"]).and_then(Node::text).unwrap_or(&object.name).to_owned(),
        ..Service::default()
    };
    let containers = pod(&["containers"]).map_or(&[][..], Node::list);
    let text = |value: &str| json!(value);
    let container = containers.first();
    let port = annotation("app-port")
        .or_else(|| container?.list_at(&["ports"]).first()?.scalar_at(&["containerPort"]).map(str::to_owned));
    let port = port.and_then(|port| port.parse::<u16>().ok()).filter(|port| *port != 8080);
    let grace = pod(&["terminationGracePeriodSeconds"]).and_then(Node::text);
    let seconds = grace.unwrap_or("30");
    let grace = Some(seconds).filter(|grace| *grace != "60" && grace.parse::<u32>().is_ok());
    let fields = [
        ("image", container.and_then(|container| container.scalar_at(&["image"])).map(text)),
        ("port", port.map(|port| json!(port))),
        ("run", (!dapr).then(|| json!("kafka"))),
        ("appId", Some(app_id).filter(|id| *id != object.name && dapr).map(|id| json!(id))),
        ("grace", grace.map(|seconds| json!(format!("{seconds}s")))),
    ];
    service.fields.extend(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    if let Some(annotations) = annotations(object).filter(|_| dapr) {
        import_sidecar(annotations, seconds.parse().unwrap_or(60), &mut service, draft);
    }
    if let Some(replicas) = object.node.scalar_at(&["spec", "replicas"]).and_then(|text| text.parse::<u32>().ok()) {
        service.scale.insert("min".to_owned(), json!(replicas));
    }
    if let Some(container) = container {
        import_resources(container, &mut service);
        for variable in container.list_at(&["env"]) {
            import_variable(object, variable, &mut service, draft, log);
        }
    }
    service
}

/// Who the cluster's cloud takes the services with this account for.
fn import_identity(account: &Object, draft: &mut Draft) {
    let annotations = account.node.at_path(&["metadata", "annotations"]);
    let written = IDENTITIES.iter().find_map(|(name, flavour)| Some((annotations?.scalar_at(&[name])?, *flavour)));
    let Some((identity, flavour)) = written else { return };
    // A cluster is of one kind.
    if draft.cluster.get("flavour").is_some_and(|known| *known != json!(flavour)) {
        return;
    }
    for service in draft.services.values_mut().filter(|service| service.account == account.name) {
        service.fields.insert("identity".to_owned(), json!(identity));
        draft.cluster.insert("flavour".to_owned(), json!(flavour));
    }
}

fn import_resources(container: &Node, service: &mut Service) {
    let wanted = [
        ("cpu", ["requests", "cpu"], "50m"),
        ("memory", ["requests", "memory"], "64Mi"),
        ("memoryLimit", ["limits", "memory"], "256Mi"),
    ];
    let mut resources = serde_json::Map::new();
    for (name, [side, what], usual) in wanted {
        let written = container.scalar_at(&["resources", side, what]).filter(|written| *written != usual);
        resources.extend(written.map(|written| (name.to_owned(), json!(written))));
    }
    if !resources.is_empty() {
        service.fields.insert("resources".to_owned(), Value::Object(resources));
    }
}

fn import_variable(object: &Object, variable: &Node, service: &mut Service, draft: &mut Draft, log: &mut Log) {
    let Some(name) = variable.scalar_at(&["name"]) else { return };
    let value = if let Some((secret, key)) = reference(variable.at_path(&["valueFrom", "secretKeyRef"])) {
        draft.reference(&secret, &key)
    } else {
        let Some(written) = variable.entry("value") else { return };
        let text = written.text().unwrap_or_default();
        if is_variable_secret(name, text) {
            log.secrets.push(PlainSecret {
                place: object.place(written.at),
                object: object.title(),
                field: name.to_owned(),
                reference: format!("{}/{name}", object.name),
            });
            draft.reference(&object.name, name)
        } else {
            setting(text)
        }
    };
    service.env.insert(name.to_owned(), value);
}
