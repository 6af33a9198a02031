//! Dapr's Configurations and HTTPEndpoints: tracing, secrets, and who invokes whom.

use serde_json::{Value, json};

use super::access::import_access;
use super::component::{named_settings, reference};
use super::draft::{Draft, fields, whole};
use super::object::Object;
use super::report::Log;
use super::sidecar_options::{middleware, options, workflow};
use crate::spec::node::Node;
use crate::spec::{Endpoint, FromText};

/// How Dapr and the spec call it that the other side may ask for a new handshake.
const RENEGOTIATION: [(&str, &str); 3] = [("Never", "never"), ("OnceAsClient", "once"), ("FreelyAsClient", "freely")];

pub(super) fn import_configurations(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let mine = |object: &&Object| object.kind == "Configuration" && object.group == "dapr.io";
    for object in objects.iter().filter(mine) {
        import_tracing(object, draft, log);
        for name in services_of(object, draft) {
            import_secrets(object, &name, draft);
            if let Some(control) = object.node.at_path(&["spec", "accessControl"]) {
                import_access(control, &name, draft);
            }
            if let Some(spec) = object.node.entry("spec") {
                import_options(spec, &name, draft);
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

fn import_options(spec: &Node, service: &str, draft: &mut Draft) {
    let more = fields([("middleware", middleware(spec, draft)), ("workflow", workflow(spec))]);
    if let Some(service) = draft.services.get_mut(service) {
        service.fields.extend(more);
        service.sidecar.extend(options(spec));
    }
}

fn import_tracing(object: &Object, draft: &mut Draft, log: &mut Log) {
    let Some(tracing) = object.node.at_path(&["spec", "tracing"]).filter(|_| draft.tracing.is_empty()) else { return };
    let otlp = tracing.text_at(&["otel", "endpointAddress"]);
    let otlp = otlp.filter(|address| address.as_str().is_some_and(|address| Endpoint::from_text(address).is_some()));
    let zipkin = tracing.text_at(&["zipkin", "endpointAddress"]);
    let zipkin = zipkin.filter(|url| url.as_str().is_some_and(|url| !super::plain::is_variable_secret("url", url)));
    let rate = tracing.scalar_at(&["samplingRate"]).and_then(|rate| rate.parse::<f64>().ok());
    let percent = rate.map(|rate| (rate * 100.0).round()).filter(|percent| (1.0..100.0).contains(percent));
    let mut said = fields([
        ("otlp", otlp.clone()),
        ("zipkin", zipkin.clone()),
        ("stdout", tracing.flag_at(&["stdout"])),
        ("sampling", percent.map(|percent| json!(format!("{percent}%")))),
    ]);
    if otlp.is_some() {
        // Where the receiver says no protocol Dapr does not know either.
        let headers = named_settings(object, tracing.list_at(&["otel", "headers"]), "tracing", draft, log);
        said.extend(fields([
            ("protocol", tracing.word_at(&["otel", "protocol"], &["http"])),
            ("secure", tracing.flag_at(&["otel", "isSecure"]).filter(|secure| *secure == json!(true))),
            ("headers", whole(headers)),
            ("timeout", tracing.duration_at(&["otel", "timeout"])),
        ]));
    }
    if otlp.is_some() || zipkin.is_some() || tracing.entry("stdout").is_some_and(Node::is_true) {
        draft.tracing = said;
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
        let url = json!(url);
        let headers = named_settings(object, object.node.list_at(&["spec", "headers"]), &object.name, draft, log);
        let tls = object.node.at_path(&["spec", "clientTLS"]).and_then(|tls| client_tls(tls, draft));
        let apps = object.node.words_at(&["scopes"]);
        let is_known = |app: &String| draft.services.values().any(|service| service.is_known && service.app_id == *app);
        // An app that is not among services which are known is somebody else's.
        let (known, others): (Vec<&String>, Vec<&String>) = apps.iter().partition(|app| is_known(app));
        let scopes = (!known.is_empty() && !others.is_empty()).then(|| json!(apps));
        let users = if scopes.is_some() { known } else { apps.iter().collect() };
        let external = fields([("url", Some(url)), ("headers", whole(headers)), ("tls", tls), ("scopes", scopes)]);
        draft.external.insert(object.name.clone(), external);
        for app in users {
            draft.service_of(app).invokes.insert(object.name.clone());
        }
    }
}

fn client_tls(tls: &Node, draft: &mut Draft) -> Option<Value> {
    let mut key = |name: &str| {
        let (secret, key) = reference(tls.at_path(&[name, "secretKeyRef"]))?;
        Some(draft.reference(&secret, &key))
    };
    let (certificate, private) = (key("certificate"), key("privateKey"));
    // Half of a certificate is none.
    let both = certificate.is_some() && private.is_some();
    let word = tls.scalar_at(&["renegotiation"]);
    let renegotiation = RENEGOTIATION.iter().find(|(dapr, _)| Some(*dapr) == word).map(|(_, word)| json!(word));
    whole(fields([
        ("ca", key("rootCA")),
        ("certificate", certificate.filter(|_| both)),
        ("key", private.filter(|_| both)),
        ("renegotiation", renegotiation),
    ]))
}
