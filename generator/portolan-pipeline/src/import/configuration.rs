//! Dapr's Configurations and HTTPEndpoints: tracing, secrets, and who invokes whom.

use serde_json::json;

use super::draft::{Draft, Fields};
use super::object::Object;
use super::report::Log;
use crate::spec::{Endpoint, FromText};

pub(super) fn import_configurations(objects: &[Object], draft: &mut Draft, _: &mut Log) {
    let mine = |object: &&Object| object.kind == "Configuration" && object.group == "dapr.io";
    for object in objects.iter().filter(mine) {
        import_tracing(object, draft);
        for name in services_of(object, draft) {
            import_secrets(object, &name, draft);
            for policy in object.node.list_at(&["spec", "accessControl", "policies"]) {
                // A policy whose default is to deny and that allows nothing is nobody's.
                let allows = policy.scalar_at(&["defaultAction"]) == Some("allow")
                    || policy.list_at(&["operations"]).iter().any(|one| one.scalar_at(&["action"]) == Some("allow"));
                if let Some(caller) = policy.scalar_at(&["appId"]).filter(|_| allows) {
                    draft.service_of(caller).invokes.insert(name.clone());
                }
            }
        }
    }
}

/// The services whose sidecars read it.
pub(super) fn services_of(object: &Object, draft: &Draft) -> Vec<String> {
    let named = draft.services.iter().filter(|(_, service)| service.configuration.as_deref() == Some(&object.name));
    let mut services: Vec<String> = named.map(|(name, _)| name.clone()).collect();
    if services.is_empty() && draft.services.contains_key(&object.name) {
        services.push(object.name.clone());
    }
    services
}

fn import_tracing(object: &Object, draft: &mut Draft) {
    let tracing = ["spec", "tracing"];
    let at = |path: &[&str]| object.node.scalar_at(&[&tracing[..], path].concat()).map(str::to_owned);
    let receiver = at(&["otel", "endpointAddress"]).filter(|address| Endpoint::from_text(address).is_some());
    let Some(receiver) = receiver.filter(|_| at(&["otel", "protocol"]).as_deref() == Some("grpc")) else { return };
    let mut fields = Fields::new();
    fields.insert("otlp".to_owned(), json!(receiver));
    let rate = at(&["samplingRate"]).and_then(|rate| rate.parse::<f64>().ok()).map(|rate| (rate * 100.0).round());
    if let Some(percent) = rate.filter(|percent| (1.0..100.0).contains(percent)) {
        fields.insert("sampling".to_owned(), json!(format!("{percent}%")));
    }
    if draft.tracing.is_empty() {
        draft.tracing = fields;
    }
}

fn import_secrets(object: &Object, service: &str, draft: &mut Draft) {
    for scope in object.node.list_at(&["spec", "secrets", "scopes"]) {
        for secret in scope.words_at(&["allowedSecrets"]) {
            if draft.secrets.contains_key(&secret)
                && let Some(service) = draft.services.get_mut(service)
            {
                service.uses.insert(secret);
            }
        }
    }
}

pub(super) fn import_endpoints(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    for object in objects.iter().filter(|object| object.kind == "HTTPEndpoint" && object.group == "dapr.io") {
        let Some(url) = object.node.scalar_at(&["spec", "baseUrl"]) else {
            log.left_object(object, "it has no `baseUrl`", "mend it: Dapr does not take it either");
            continue;
        };
        if super::plain::is_variable_secret("url", url) {
            log.left_object(object, "its address has a password in it", "take it out, and change it");
            continue;
        }
        let mut fields = Fields::new();
        fields.insert("url".to_owned(), json!(url));
        draft.external.insert(object.name.clone(), fields);
        for app in object.node.words_at(&["scopes"]) {
            draft.service_of(&app).invokes.insert(object.name.clone());
        }
    }
}
