//! Dapr's annotations: how a sidecar runs.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, Service, fields, whole};
use super::plain::is_variable_secret;
use super::sizes::{quantity, size};
use crate::catalogue::SIDECAR_ANNOTATIONS;
use crate::spec::node::Node;
use crate::spec::{Duration, FromText};

const PREFIX: &str = "dapr.io/";
/// What is rendered for every sidecar.
const ALWAYS: [(&str, &str); 3] = [
    ("disable-builtin-k8s-secret-store", "true"),
    ("log-as-json", "true"),
    ("sidecar-seccomp-profile-type", "RuntimeDefault"),
];
/// What other fields of a service say.
const ELSEWHERE: [&str; 10] = [
    "enabled",
    "app-id",
    "app-port",
    "config",
    "env",
    "max-body-size",
    "graceful-shutdown-seconds",
    "app-token-secret",
    "api-token-secret",
    "enable-native-sidecar",
];
const HEALTH: [&str; 5] = [
    "enable-app-health-check",
    "app-health-check-path",
    "app-health-probe-interval",
    "app-health-probe-timeout",
    "app-health-threshold",
];

/// An annotation, the field that it is, what is rendered without a word, and how it is read.
type Reader = (&'static str, &'static str, &'static str, fn(&str) -> Option<Value>);

const READERS: [Reader; 9] = [
    ("log-level", "logLevel", "", |text| ["debug", "info", "warn", "error"].contains(&text).then(|| json!(text))),
    ("app-protocol", "protocol", "http", |text| {
        ["http", "https", "grpc", "grpcs", "h2c"].contains(&text).then(|| json!(text))
    }),
    ("app-max-concurrency", "maxConcurrency", "", number),
    ("read-buffer-size", "readBuffer", "", |text| quantity(text).map(|bytes| json!(size(u64::from(bytes))))),
    ("block-shutdown-duration", "blockShutdown", "", |text| Duration::from_text(text).map(|_| json!(text))),
    ("sidecar-cpu-request", "cpu", "50m", |text| Some(json!(text))),
    ("sidecar-cpu-limit", "cpuLimit", "", |text| Some(json!(text))),
    ("sidecar-memory-request", "memory", "64Mi", |text| Some(json!(text))),
    ("sidecar-memory-limit", "memoryLimit", "256Mi", |text| Some(json!(text))),
];

fn number(text: &str) -> Option<Value> {
    text.parse::<u32>().ok().map(|number| json!(number))
}

/// The annotation of a name, without Dapr's prefix.
pub(super) fn annotation<'a>(annotations: &'a Node, name: &str) -> Option<&'a str> {
    let mut all = annotations.map().iter();
    all.find(|(key, _)| key.text.strip_prefix(PREFIX) == Some(name)).and_then(|(_, value)| value.text())
}

/// What the annotations say of the sidecar; `grace` is the pod's, in seconds.
pub(super) fn import_sidecar(annotations: &Node, grace: u64, service: &mut Service, draft: &mut Draft) {
    let written = |name: &str| annotation(annotations, name);
    let mut sidecar = Fields::new();
    let mut taken = Vec::new();
    for (name, field, usual, read) in READERS {
        if let Some(value) = written(name).and_then(read) {
            taken.push(name);
            sidecar.extend((value != json!(usual)).then(|| (field.to_owned(), value)));
        }
    }
    // The sidecar ends before the app.
    let stops = written("graceful-shutdown-seconds").and_then(|text| text.parse::<u32>().ok());
    if let Some(seconds) = stops.filter(|seconds| u64::from(*seconds) != grace.saturating_sub(5).max(1)) {
        sidecar.insert("gracefulShutdown".to_owned(), json!(format!("{seconds}s")));
    }
    if written("enable-app-health-check") == Some("true") {
        taken.extend(HEALTH);
        sidecar.insert("healthCheck".to_owned(), Value::Object(health_check(annotations)));
    }
    sidecar.extend(written("env").and_then(environment).map(|env| ("env".to_owned(), Value::Object(env))));
    let others: Fields = others(annotations, &taken).collect();
    sidecar.extend(whole(others).map(|others| ("annotations".to_owned(), others)));
    service.sidecar = sidecar;
    service.largest_body = written("max-body-size").and_then(quantity);
    // The injector takes the key `token` of the secret that is named.
    for (name, field) in [("app-token-secret", "appToken"), ("api-token-secret", "apiToken")] {
        if let Some(secret) = written(name).filter(|secret| !secret.is_empty() && !secret.contains('/')) {
            service.fields.insert(field.to_owned(), draft.reference(secret, "token"));
        }
    }
}

fn health_check(annotations: &Node) -> Fields {
    let written = |name: &str| annotation(annotations, name);
    let time = |name: &str, unit: &str| {
        let number = written(name).and_then(|text| text.parse::<u32>().ok());
        number.map(|number| json!(format!("{number}{unit}")))
    };
    fields([
        ("path", Some(json!(written("app-health-check-path").unwrap_or("/healthz")))),
        ("interval", time("app-health-probe-interval", "s")),
        ("timeout", time("app-health-probe-timeout", "ms")),
        ("threshold", written("app-health-threshold").and_then(number)),
    ])
}

/// `NAME=value`, parted by commas; nothing where one of them is a secret, which has no place there.
fn environment(text: &str) -> Option<Fields> {
    let pair = |pair: &str| {
        let (name, value) = pair.trim().split_once('=')?;
        (!name.is_empty() && !is_variable_secret(name, value)).then(|| (name.to_owned(), json!(value)))
    };
    text.split(',').map(pair).collect()
}

/// Whatever else the injector knows, under its own name.
fn others(annotations: &Node, taken: &[&str]) -> impl Iterator<Item = (String, Value)> {
    annotations.map().iter().filter_map(|(key, value)| {
        let (name, text) = (key.text.strip_prefix(PREFIX)?, value.text()?);
        let other = !taken.contains(&name) && !ELSEWHERE.contains(&name) && !ALWAYS.contains(&(name, text));
        let known =
            SIDECAR_ANNOTATIONS.contains(&key.text.as_str()) && !is_variable_secret(&name.replace('-', ""), text);
        (other && known).then(|| (key.text.clone(), json!(text)))
    })
}
